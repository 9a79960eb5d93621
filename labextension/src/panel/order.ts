import { isActive, jobState } from '../states';
import { IRecipe } from '../tokens';

/** Jobs as they matter now: what runs, what is queued, then what changed last. */
export function byUrgency(recipes: readonly IRecipe[]): IRecipe[] {
  const keys = new Map(recipes.map(recipe => [recipe, key(recipe)]));
  return [...recipes].sort((a, b) => {
    const [rankA, timeA] = keys.get(a)!;
    const [rankB, timeB] = keys.get(b)!;
    return (
      rankA - rankB || timeA - timeB || (a.spec.name < b.spec.name ? -1 : 1)
    );
  });
}

/** A rank, and within it a number that is smaller for what comes first. */
function key(recipe: IRecipe): [number, number] {
  const {
    last_run: run,
    queue_position,
    updated_at
  } = recipe.state['x-jupyter'];
  const state = jobState(recipe);
  if (run && state === 'queued') {
    return [1, queue_position ?? Infinity];
  }
  if (run && isActive(state)) {
    return [0, -Date.parse(run.started_at ?? run.created_at)];
  }
  const ended = run ? Date.parse(run.ended_at ?? run.created_at) : 0;
  return [2, -Math.max(ended, Date.parse(updated_at))];
}
