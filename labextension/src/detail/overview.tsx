import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { JobsModel } from '../model';
import { duration, exact } from '../time';
import { IJobSpec, IRecipe, ISize } from '../tokens';
import { visible } from '../visible';
import { Facts } from './facts';
import { JobSchedule } from './schedule';

/** What the job is made of. */
export function Overview(props: {
  recipe: IRecipe;
  sizes: readonly ISize[];
  jobs: JobsModel;
}): JSX.Element {
  const { recipe, sizes, jobs } = props;
  const { trans } = jobs;
  const { spec, state } = recipe;
  const timeout = spec['x-jupyter'].timeout;
  const size = sizes.find(({ name }) => name === spec.instance_type);
  const tags = Object.entries(spec.tags);
  const fields: [string, React.ReactNode][] = [
    [trans.__('Command'), <pre key="command">{spec.command}</pre>],
    [
      trans.__('Project'),
      <code key="project">{state['x-jupyter'].project}</code>
    ],
    [
      trans.__('Working directory'),
      spec.working_directory || trans.__('the project')
    ],
    [trans.__('Code'), sourceWords(spec['x-jupyter'], trans)],
    [trans.__('Size'), size?.display_name ?? spec.instance_type],
    [trans.__('Image'), spec.image || trans.__('this machine, no image')],
    [trans.__('Retries'), retriesWords(spec.retries, trans)],
    [
      trans.__('Timeout'),
      timeout === null ? trans.__('none') : duration(timeout, trans)
    ]
  ];
  if (Object.keys(spec.environment_variables).length) {
    fields.push([
      trans.__('Environment variables'),
      <Variables key="env" values={spec.environment_variables} trans={trans} />
    ]);
  }
  if (spec.start_script) {
    fields.push([
      trans.__('Start script'),
      <pre key="script">{spec.start_script}</pre>
    ]);
  }
  if (tags.length) {
    fields.push([
      trans.__('Tags'),
      tags.map(([key, value]) => (
        <span key={key} className="jp-Deploy-tag">
          {value ? `${key}: ${value}` : key}
        </span>
      ))
    ]);
  }
  if (spec.description) {
    fields.push([trans.__('Description'), spec.description]);
  }
  const { created_at, disk } = state['x-jupyter'];
  fields.push([trans.__('Created'), exact(created_at)]);
  if (disk !== undefined) {
    fields.push([trans.__('Kept of its runs'), bytesWords(disk, trans)]);
  }
  return (
    <>
      {spec.schedule !== null && <JobSchedule recipe={recipe} jobs={jobs} />}
      <Facts facts={fields} />
    </>
  );
}

/** Where the files of its runs come from. */
function sourceWords(
  { source, reference }: IJobSpec['x-jupyter'],
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

/** "2 retries – up to 3 attempts". */
export function retriesWords(retries: number, trans: TranslationBundle) {
  return retries
    ? trans._n(
        '%1 retry – up to %2 attempts',
        '%1 retries – up to %2 attempts',
        retries,
        retries + 1
      )
    : trans.__('none – one attempt');
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
