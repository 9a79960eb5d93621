import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { useNow } from '../hooks';
import { DeployService } from '../service';
import { dueWords } from '../schedule/words';
import { isActive } from '../states';
import { clock, duration, exact, seconds } from '../time';
import { IRun, ISize } from '../tokens';
import { Changes } from './changes';
import { Facts } from './facts';
import { Metrics } from './metrics';
import { codeWords, environmentWords, imageWords } from './used';

export interface IRunDetailsProps {
  run: IRun;
  sizes: readonly ISize[];
  service: DeployService;
  trans: TranslationBundle;
}

/** One run: who, how, when, with what, what it took, and what changed before it. */
export function RunDetails(props: IRunDetailsProps): JSX.Element {
  const { run, service, trans } = props;
  const active = isActive(run.state);
  const now = useNow(active ? 1000 : 30_000);
  return (
    <section className="jp-Deploy-run">
      {!active && <Changes run={run} service={service} trans={trans} />}
      <Facts
        facts={[
          [trans.__('Outcome'), outcomeWords(run)],
          [trans.__('Started by'), byWords(run, trans)],
          [trans.__('Late'), useLateness(run, service)],
          [trans.__('Created'), exact(run.created_at)],
          [trans.__('Started'), run.started_at && exact(run.started_at)],
          [trans.__('Ended'), run.ended_at && exact(run.ended_at)],
          [trans.__('Duration'), durationWords(run, now, trans)],
          [trans.__('Command'), <pre key="command">{run.command}</pre>],
          [trans.__('Code'), codeWords(run.code, trans)],
          [trans.__('Files'), placeWords(run, trans)],
          [trans.__('Environment'), environmentWords(run.code, trans)],
          [trans.__('Image'), imageWords(run.code, trans)],
          [trans.__('Size'), sizeName(props)],
          [trans.__('Exit code'), run.exit_code],
          [trans.__('Signal'), run.signal],
          [
            trans.__('CPU time'),
            run.cpu_seconds === null ? null : duration(run.cpu_seconds, trans)
          ],
          [trans.__('Peak memory'), bytesOf(run.memory_peak, trans)],
          [trans.__('Disk'), bytesOf(run.disk, trans)]
        ]}
      />
      {run.started_at !== null && (
        <Metrics run={run} service={service} trans={trans} />
      )}
    </section>
  );
}

function outcomeWords(run: IRun): string {
  return run.detail ? `${run.sentence}\n${run.detail}` : run.sentence;
}

function byWords(run: IRun, trans: TranslationBundle): string {
  return run.trigger === 'manual'
    ? trans.__('%1, by hand', run.by)
    : trans.__('%1, for %2', dueWords(run, trans), run.by);
}

/** Why a run caught up; null if it didn't, or while that is not known. */
function useLateness(run: IRun, service: DeployService): string | null {
  const [reason, setReason] = React.useState<string | null>(null);
  const { job_id, scheduled_for, trigger } = run;
  React.useEffect(() => {
    if (trigger !== 'catch-up') {
      return;
    }
    const aborter = new AbortController();
    // Times that travel are cut to milliseconds.
    const after = new Date(Date.parse(scheduled_for!) + 1).toISOString();
    const at = { since: scheduled_for, until: after };
    service.slots(job_id, at, aborter.signal).then(
      ({ slots }) => setReason(slots[0]?.reason ?? null),
      // The job's tab says that nobody answers.
      () => undefined
    );
    return () => aborter.abort();
  }, [run.id]);
  return reason;
}

function durationWords(run: IRun, now: number, trans: TranslationBundle) {
  if (run.started_at === null) {
    return null;
  }
  const passed = seconds(run.started_at, run.ended_at, now);
  return run.ended_at ? duration(passed, trans) : clock(passed, trans);
}

function placeWords(run: IRun, trans: TranslationBundle): React.ReactNode {
  const { directory, same_path, source } = run.code;
  if (directory === null) {
    return null;
  }
  const what =
    source === 'live'
      ? trans.__('in the project')
      : same_path
        ? trans.__('a copy, at the project’s own path')
        : trans.__('a copy, at a path of its own: not where the project is');
  return (
    <>
      <code>{directory}</code> – {what}
    </>
  );
}

function sizeName({ run, sizes }: IRunDetailsProps): string {
  const { size } = run.code;
  return sizes.find(({ name }) => name === size)?.display_name ?? size;
}

function bytesOf(bytes: number | null, trans: TranslationBundle) {
  return bytes === null ? null : bytesWords(bytes, trans);
}
