import { JobsModel } from './model';
import { jobState, stateWord } from './states';
import { RunState } from './tokens';

/** Changes worth a word; those between pass in a moment. */
const SPOKEN: readonly RunState[] = [
  'running',
  'retrying',
  'completed',
  'error',
  'stopped'
];
/** More changes at once than this are only counted. */
const MOST = 3;

/** Tells those who listen which jobs changed their state, wherever they are on the page. */
export function announceChanges(model: JobsModel): void {
  const { trans } = model;
  const node = document.createElement('div');
  node.className = 'jp-Deploy-spoken';
  node.setAttribute('role', 'status');
  document.body.append(node);
  let before = new Map<string, RunState>();

  model.stateChanged.connect(() => {
    const after = new Map(model.recipes.map(r => [r.state.id, jobState(r)]));
    const changed = model.recipes.filter(({ state: { id } }) => {
      const state = after.get(id)!;
      return (
        before.has(id) && before.get(id) !== state && SPOKEN.includes(state)
      );
    });
    before = after;
    if (changed.length > MOST) {
      node.textContent = trans._n(
        '%1 job changed its state',
        '%1 jobs changed their state',
        changed.length
      );
    } else if (changed.length) {
      node.textContent = changed
        .map(r => `${r.spec.name}: ${stateWord(jobState(r), trans)}`)
        .join(', ');
    }
  });
}
