import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ISize, ISpec } from '../tokens';
import { visible } from '../visible';

export type Fact = [string, React.ReactNode];

/** What is run, where, from which files and on what. */
export function specFacts(
  spec: ISpec,
  project: string,
  sizes: readonly ISize[],
  trans: TranslationBundle
): Fact[] {
  const size = sizes.find(({ name }) => name === spec.instance_type);
  return [
    [trans.__('Command'), <pre key="command">{spec.command}</pre>],
    [trans.__('Project'), <code key="project">{project}</code>],
    [
      trans.__('Working directory'),
      spec.working_directory || trans.__('the project')
    ],
    [trans.__('Code'), sourceWords(spec['x-jupyter'], trans)],
    [trans.__('Size'), size?.display_name ?? spec.instance_type],
    [trans.__('Image'), spec.image || trans.__('this machine, no image')]
  ];
}

/** What many leave out: variables, a script before the command, tags, a description. */
export function moreFacts(spec: ISpec, trans: TranslationBundle): Fact[] {
  const tags = Object.entries(spec.tags);
  const variables = spec.environment_variables;
  return [
    [
      trans.__('Environment variables'),
      Object.keys(variables).length > 0 ? (
        <Variables key="env" values={variables} trans={trans} />
      ) : null
    ],
    [
      trans.__('Start script'),
      spec.start_script && <pre key="script">{spec.start_script}</pre>
    ],
    [
      trans.__('Tags'),
      tags.length > 0
        ? tags.map(([key, value]) => (
            <span key={key} className="jp-Deploy-tag">
              {value ? `${key}: ${value}` : key}
            </span>
          ))
        : null
    ],
    [trans.__('Description'), spec.description]
  ];
}

/** Where the files come from. */
function sourceWords(
  { source, reference }: ISpec['x-jupyter'],
  trans: TranslationBundle
): string {
  switch (source) {
    case 'snapshot':
      return trans.__('a frozen copy of the project');
    case 'git':
      return trans.__('git reference %1', visible(reference ?? ''));
    default:
      return trans.__('the project as it is');
  }
}

/** Names; the values only when asked for. */
function Variables(props: {
  values: { [name: string]: string | null };
  trans: TranslationBundle;
}): JSX.Element {
  const { values, trans } = props;
  const [shown, setShown] = React.useState(false);
  return (
    <>
      <ul className="jp-Deploy-variables">
        {Object.entries(values).map(([name, value]) => (
          <li key={name}>
            <code>{name}</code>
            {shown ? <code>{value}</code> : <span aria-hidden>••••••</span>}
          </li>
        ))}
      </ul>
      <button
        className="jp-Deploy-small jp-mod-styled jp-mod-minimal"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? trans.__('Hide values') : trans.__('Show values')}
      </button>
    </>
  );
}
