import * as React from 'react';

import { IJobCode, Source } from '../tokens';
import { IPartProps } from './basics';
import { Problem } from './fields';
import { Frozen } from './frozen';
import { Reference } from './reference';

export interface ICodeProps extends IPartProps {
  /** Asks for the frozen copy that the draft began with; null if there is none. */
  kept: (() => Promise<IJobCode>) | null;
  /** What each source means for what is made. */
  hints: { [source in Source]: string };
}

/** Where the files come from. */
export function Code(props: ICodeProps): JSX.Element {
  const { draft, set, errors, workspace, hints, trans } = props;
  const { git } = workspace;
  const name = React.useId();
  const [initial] = React.useState(draft.source);
  const live: Source | null = initial === null ? null : 'live';
  const noGit =
    git.value === null ? [git.source, ...git.not_from].join(': ') : null;
  const error = errors['spec.x-jupyter.source'];
  const option = (
    value: Source,
    label: string,
    hint: string,
    disabled = false
  ) => {
    const checked = (draft.source ?? 'live') === value;
    return (
      <div className="jp-Deploy-option">
        <input
          type="radio"
          id={`${name}-${value}`}
          name={name}
          value={value}
          checked={checked}
          disabled={disabled && !checked}
          aria-describedby={`${name}-${value}-hint`}
          onChange={() => set({ source: value === 'live' ? live : value })}
        />
        <label htmlFor={`${name}-${value}`}>{label}</label>
        <p id={`${name}-${value}-hint`} className="jp-Deploy-hint">
          {hint}
        </p>
      </div>
    );
  };
  return (
    <fieldset className="jp-Deploy-source" data-field="spec.x-jupyter.source">
      <legend>{trans.__('Code')}</legend>
      {option('live', trans.__('Project as it is'), hints.live)}
      {option('snapshot', trans.__('Frozen copy'), hints.snapshot)}
      {draft.source === 'snapshot' && <Frozen {...props} />}
      {option(
        'git',
        trans.__('Git reference'),
        noGit ?? hints.git,
        noGit !== null
      )}
      {draft.source === 'git' && <Reference {...props} />}
      {error !== undefined && <Problem>{error}</Problem>}
    </fieldset>
  );
}
