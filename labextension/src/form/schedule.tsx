import * as React from 'react';

import { JobsModel } from '../model';
import { expressionOf, MORNING } from '../schedule/presets';
import { Fires } from '../schedule/fires';
import { IPreviewed, usePreview } from '../schedule/preview';
import { WhoFires } from '../schedule/who';
import { policyWords } from '../schedule/words';
import { Policy } from '../tokens';
import { IPartProps } from './basics';
import { Problem } from './fields';
import { IJobDraft } from './job';
import { When } from './when';
import { Zone } from './zone';

/** Milliseconds after the last key before the server is asked. */
const PAUSE = 300;
const FIRES = 5;
const POLICIES: readonly Policy[] = ['Allow', 'Forbid', 'Replace'];

/** Whether the job runs by itself, and when. */
export function Schedule(
  props: IPartProps<IJobDraft> & { jobs: JobsModel }
): JSX.Element {
  const { draft, set, trans } = props;
  const id = React.useId();
  const [kept, keep] = React.useState(draft.schedule ?? expressionOf(MORNING));
  const isOn = draft.schedule !== null;
  return (
    <fieldset className="jp-Deploy-source">
      <legend>{trans.__('Schedule')}</legend>
      <div className="jp-Deploy-option">
        <input
          type="checkbox"
          id={id}
          checked={isOn}
          aria-describedby={`${id}-hint`}
          onChange={() => {
            keep(draft.schedule ?? kept);
            set({ schedule: isOn ? null : kept });
          }}
        />
        <label htmlFor={id}>{trans.__('Run on a schedule')}</label>
        <p id={`${id}-hint`} className="jp-Deploy-hint">
          {isOn
            ? trans.__('you can run it by hand as well')
            : trans.__('it runs when you start it')}
        </p>
      </div>
      {isOn && <Scheduled {...props} expression={draft.schedule!} />}
    </fieldset>
  );
}

function Scheduled(
  props: IPartProps<IJobDraft> & { jobs: JobsModel; expression: string }
): JSX.Element {
  const { draft, set, service, expression, jobs, trans } = props;
  const previewed = usePreview(
    service,
    {
      expression: expression.trim(),
      timeZone: draft.time_zone.trim(),
      count: FIRES
    },
    trans,
    PAUSE
  );
  return (
    <div className="jp-Deploy-suboption">
      <When {...props} previewed={previewed} />
      <Preview {...props} previewed={previewed} />
      <Zone {...props} previewed={previewed} />
      <Policies {...props} />
      {draft.suspended && (
        <div className="jp-Deploy-notice jp-mod-warning">
          {trans.__('This schedule is switched off: it starts nothing.')}{' '}
          <button
            type="button"
            className="jp-Deploy-small jp-mod-styled"
            onClick={() => set({ suspended: false })}
          >
            {trans.__('Switch it on')}
          </button>
        </div>
      )}
      <WhoFires jobs={jobs} />
    </div>
  );
}

/** The schedule in words, and what it will do. */
function Preview(
  props: IPartProps<IJobDraft> & { previewed: IPreviewed }
): JSX.Element | null {
  const { draft, previewed, trans } = props;
  const { preview, problems, isStale } = previewed;
  return (
    <div
      className={`jp-Deploy-preview${isStale ? ' jp-mod-stale' : ''}`}
      aria-busy={isStale}
    >
      <div role="status">
        {preview && !preview.never && (
          <p className="jp-Deploy-preview-words">{preview.words}</p>
        )}
        {preview?.never && (
          <div className="jp-Deploy-notice jp-mod-warning">
            {trans.__(
              'This never fires: no such day comes within the next five years.'
            )}
          </div>
        )}
        {problems[''] !== undefined && <Problem>{problems['']}</Problem>}
      </div>
      {preview && preview.next.length > 0 && (
        <Fires
          fires={preview.next}
          timeZone={draft.time_zone.trim() || 'UTC'}
          trans={trans}
        />
      )}
    </div>
  );
}

/** What becomes of a slot while a run is active. */
function Policies(props: IPartProps<IJobDraft>): JSX.Element {
  const { draft, set, errors, trans } = props;
  const name = React.useId();
  const error = errors['spec.concurrency_policy'];
  return (
    <fieldset className="jp-Deploy-source" data-field="spec.concurrency_policy">
      <legend>{trans.__('When it is due and a run is still active')}</legend>
      {POLICIES.map(policy => {
        const { label, does } = policyWords(policy, trans);
        const id = `${name}-${policy}`;
        return (
          <div key={policy} className="jp-Deploy-option">
            <input
              type="radio"
              id={id}
              name={name}
              value={policy}
              checked={draft.concurrency_policy === policy}
              aria-describedby={`${id}-hint`}
              onChange={() => set({ concurrency_policy: policy })}
            />
            <label htmlFor={id}>{label}</label>
            <p id={`${id}-hint`} className="jp-Deploy-hint">
              {does}
            </p>
          </div>
        );
      })}
      {error !== undefined && <Problem>{error}</Problem>}
    </fieldset>
  );
}
