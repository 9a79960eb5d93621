import { DeploymentsModel } from './deployments/model';
import { ListModel } from './listmodel';
import { JobsModel } from './model';
import { jobState, serviceState, ServiceState, stateWord } from './states';
import { RunState } from './tokens';

type State = RunState | ServiceState;

/** Changes worth a word; those between pass in a moment. */
const SPOKEN: readonly State[] = [
  'running',
  'retrying',
  'failing',
  'completed',
  'error',
  'stopped'
];
/** More changes at once than this are only counted. */
const MOST = 3;

/** Tells those who listen which jobs and deployments changed their state, wherever they are on
 * the page. */
export function announceChanges(
  jobs: JobsModel,
  deployments: DeploymentsModel
): void {
  const { trans } = jobs;
  const node = document.createElement('div');
  node.className = 'jp-Deploy-spoken';
  node.setAttribute('role', 'status');
  document.body.append(node);
  const say = (words: string) => {
    node.textContent = words;
  };
  announce(jobs, jobState, say, count =>
    trans._n('%1 job changed its state', '%1 jobs changed their state', count)
  );
  announce(deployments, serviceState, say, count =>
    trans._n(
      '%1 deployment changed its state',
      '%1 deployments changed their state',
      count
    )
  );
}

function announce<T extends { spec: { name: string }; state: { id: string } }>(
  model: ListModel<T>,
  stateOf: (resource: T) => State,
  say: (words: string) => void,
  counted: (count: number) => string
): void {
  const { trans } = model;
  let before = new Map<string, State>();
  model.stateChanged.connect(() => {
    const { items } = model;
    const after = new Map(items.map(item => [item.state.id, stateOf(item)]));
    const changed = items.filter(({ state: { id } }) => {
      const state = after.get(id)!;
      return (
        before.has(id) && before.get(id) !== state && SPOKEN.includes(state)
      );
    });
    before = after;
    if (changed.length > MOST) {
      say(counted(changed.length));
    } else if (changed.length) {
      say(
        changed
          .map(item => `${item.spec.name}: ${stateWord(stateOf(item), trans)}`)
          .join(', ')
      );
    }
  });
}
