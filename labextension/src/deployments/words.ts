import { TranslationBundle } from '@jupyterlab/translation';

import { serviceState, stateWord } from '../states';
import { clock, duration, seconds } from '../time';
import { IDeployment } from '../tokens';

/** How a deployment stands, as short as there is room for beside its name: "2/2 running",
 * "0/1 stopped", "starting 12 s", "again in 00:08". */
export function standingWords(
  deployment: IDeployment,
  now: number,
  trans: TranslationBundle
): string {
  const state = serviceState(deployment);
  const word = stateWord(state, trans);
  const { ready, scale } = deployment.state['x-jupyter'];
  switch (state) {
    case 'stopping':
      return word;
    case 'starting': {
      const passed = Math.floor(waited(deployment, now));
      return passed ? `${word} ${duration(passed, trans)}` : word;
    }
    case 'failing': {
      const rest = untilNextLife(deployment, now);
      return ready === 0 && rest >= 1
        ? trans.__('again in %1', clock(rest, trans))
        : `${ready}/${scale} ${word}`;
    }
    default:
      return `${ready}/${scale} ${word}`;
  }
}

/** Seconds that the revision which is to serve has been coming up. */
function waited(deployment: IDeployment, now: number): number {
  const { instances, revision } = deployment.state['x-jupyter'];
  const first = instances.find(instance => instance.revision === revision);
  return first ? seconds(first.created_at, null, now) : 0;
}

/** Seconds until an instance that ended begins its next life; 0 where none waits for it. */
function untilNextLife(deployment: IDeployment, now: number): number {
  const { instances, revision } = deployment.state['x-jupyter'];
  const waits = instances
    .filter(
      instance =>
        instance.revision === revision && instance.next_attempt_at !== null
    )
    .map(instance => (Date.parse(instance.next_attempt_at!) - now) / 1000);
  return waits.length ? Math.min(...waits) : 0;
}
