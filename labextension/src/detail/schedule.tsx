import * as React from 'react';

import { JobsModel } from '../model';
import { Fires } from '../schedule/fires';
import { usePreview } from '../schedule/preview';
import { WhoFires } from '../schedule/who';
import { deadlineWords, policyWords } from '../schedule/words';
import { exact } from '../time';
import { IRecipe, ISlot } from '../tokens';
import { Facts } from './facts';

const FIRES = 5;

/** When a job runs by itself, by whose doing, and what it does when it can't. */
export function JobSchedule(props: {
  recipe: IRecipe;
  jobs: JobsModel;
}): JSX.Element {
  const { recipe, jobs } = props;
  const { service, trans } = jobs;
  const { schedule: expression, concurrency_policy } = recipe.spec;
  const { suspended, time_zone, starting_deadline } = recipe.spec['x-jupyter'];
  const { schedule } = recipe.state['x-jupyter'];
  const policy = policyWords(concurrency_policy, trans);
  const { preview, problems } = usePreview(
    service,
    {
      expression: suspended ? null : expression,
      timeZone: time_zone,
      count: FIRES
    },
    trans
  );
  const fires = preview?.next.length ? (
    <Fires fires={preview.next} timeZone={time_zone} trans={trans} />
  ) : null;
  const next = suspended
    ? trans.__('none: the schedule is switched off')
    : preview?.never
      ? trans.__('none: it never fires')
      : (fires ?? Object.values(problems).join('\n'));
  return (
    <section className="jp-Deploy-part" aria-label={trans.__('Schedule')}>
      <h3>{trans.__('Schedule')}</h3>
      <Facts
        facts={[
          [
            trans.__('Due'),
            <>
              {schedule?.words} – <code>{expression}</code>
            </>
          ],
          [trans.__('Time zone'), time_zone],
          [
            trans.__('While a run is active'),
            `${policy.label} – ${policy.does}`
          ],
          [
            trans.__('Starting deadline'),
            deadlineWords(starting_deadline, trans)
          ],
          [trans.__('Next'), next],
          [
            trans.__('Last'),
            schedule?.last_slot && (
              <LastSlot slot={schedule.last_slot} jobs={jobs} />
            )
          ]
        ]}
      />
      <WhoFires jobs={jobs} />
    </section>
  );
}

/** What became of the slot before. */
function LastSlot(props: { slot: ISlot; jobs: JobsModel }): JSX.Element {
  const { slot } = props;
  const { trans } = props.jobs;
  const { scheduled_for: at, run_number: number, reason, outcome } = slot;
  const words = {
    started:
      number === null
        ? trans.__('started its run')
        : trans.__('started run %1', number),
    skipped: trans.__('skipped'),
    missed: trans.__('missed')
  }[outcome];
  return (
    <>
      {trans.__('%1: %2', exact(at), words)}
      {reason && ` (${reason})`}
    </>
  );
}
