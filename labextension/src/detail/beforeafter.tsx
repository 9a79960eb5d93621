import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** What was one thing and is another; null is none. */
export interface IDifference {
  name: string;
  before: string | null;
  after: string | null;
}

export function BeforeAfter(props: {
  rows: readonly IDifference[];
  trans: TranslationBundle;
}): JSX.Element {
  const { rows, trans } = props;
  return (
    <table className="jp-Deploy-beforeafter">
      <thead className="jp-Deploy-spoken">
        <tr>
          <th>{trans.__('What')}</th>
          <th>{trans.__('Before')}</th>
          <th>{trans.__('After')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, before, after }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value(before, trans)}</td>
            <td>{value(after, trans)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function value(text: string | null, trans: TranslationBundle) {
  return text === null ? (
    <span>{trans.__('none')}</span>
  ) : (
    <code>{text === '' ? trans.__('empty') : text}</code>
  );
}

/** A setting's name as the form has it. */
export function settingName(field: string, trans: TranslationBundle): string {
  const [first, variable] = field.split(/\.(.*)/);
  if (first === 'environment_variables' && variable) {
    return trans.__('Environment variable %1', variable);
  }
  const names: { [field: string]: string } = {
    command: trans.__('Command'),
    working_directory: trans.__('Working directory'),
    start_script: trans.__('Start script'),
    instance_type: trans.__('Size'),
    image: trans.__('Image'),
    image_digest: trans.__('Digest of the image'),
    retries: trans.__('Retries'),
    scale: trans.__('Instances'),
    timeout: trans.__('Timeout'),
    source: trans.__('Code'),
    reference: trans.__('Git reference'),
    environment: trans.__('Environment')
  };
  return names[field] ?? field;
}
