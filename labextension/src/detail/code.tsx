import { Poll } from '@lumino/polling';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { FrozenCopy } from '../code/frozen';
import { usePacking } from '../code/packing';
import { PackingProgress } from '../code/progress';
import { describe } from '../model';
import { DeployService } from '../service';
import { IJobCode, IJobSpec, IRecipe } from '../tokens';

/** Least milliseconds between two looks at what changed, and how many times longer than a look
 * itself: each walks the project. */
const INTERVAL = 10_000;
const SPARED = 20;

/** Of a job with a frozen copy: how old it is, what changed since, and the way to a new one. */
export function JobCode(props: {
  recipe: IRecipe;
  service: DeployService;
  trans: TranslationBundle;
}): JSX.Element {
  const { recipe, service, trans } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const packing = usePacking(service);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [code, look] = useJobCode(recipe, service, box);
  const update = async () => {
    setProblem(null);
    try {
      const snapshot = await packing.run();
      if (snapshot !== null) {
        const changes = { source: 'snapshot', snapshot };
        await service.update(recipe.state.id, {
          'x-jupyter': changes as IJobSpec['x-jupyter']
        });
        await look();
      }
    } catch (error) {
      setProblem(describe(error, trans));
    }
  };
  return (
    <div className="jp-Deploy-jobcode" ref={box}>
      {code && <FrozenCopy code={code} trans={trans} />}
      {code && packing.state === null && (
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          disabled={code.snapshot !== null && code.changed_count === 0}
          onClick={() => void update()}
        >
          {trans.__('Update code')}
        </button>
      )}
      <PackingProgress packing={packing} trans={trans} />
      {problem !== null && (
        <p className="jp-Deploy-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What the job's next run gets, looked at now and then while it is in sight; and a way to
 * look at once. */
function useJobCode(
  recipe: IRecipe,
  service: DeployService,
  box: React.RefObject<HTMLElement>
): [IJobCode | null, () => Promise<void>] {
  const { id } = recipe.state;
  const { updated_at } = recipe.state['x-jupyter'];
  const [code, setCode] = React.useState<IJobCode | null>(null);
  const look = async () => setCode(await service.jobCode(id));
  React.useEffect(() => {
    const poll = new Poll({
      factory: async () => {
        const began = Date.now();
        await look();
        const interval = Math.max(INTERVAL, SPARED * (Date.now() - began));
        poll.frequency = { ...poll.frequency, interval };
      },
      frequency: { interval: INTERVAL, backoff: true },
      standby: () => document.hidden || !box.current?.offsetParent
    });
    return () => poll.dispose();
  }, [id, updated_at]);
  return [code, look];
}
