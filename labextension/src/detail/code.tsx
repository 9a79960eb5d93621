import { Poll } from '@lumino/polling';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { FrozenCopy } from '../code/frozen';
import { usePacking } from '../code/packing';
import { PackingProgress } from '../code/progress';
import { describe } from '../model';
import { DeployService } from '../service';
import { IJobCode } from '../tokens';

/** Least milliseconds between two looks at what changed, and how many times longer than a look
 * itself: each walks the project. */
const INTERVAL = 10_000;
const SPARED = 20;

/** The frozen copy of a job or deployment. */
export interface IFrozenCode {
  /** Changes when there may be another copy. */
  key: string;
  /** What it is, and what changed in the project since. */
  look(): Promise<IJobCode>;
  /** Makes another copy the one to be used. */
  use(snapshot: string): Promise<unknown>;
  /** What that is called. */
  label: string;
}

/** Of what has a frozen copy: how old it is, what changed since, and the way to a new one. */
export function CodeUpdate(props: {
  code: IFrozenCode;
  service: DeployService;
  trans: TranslationBundle;
}): JSX.Element {
  const { service, trans } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const packing = usePacking(service);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [code, look] = useFrozenCode(props.code, box);
  const update = async () => {
    setProblem(null);
    try {
      const snapshot = await packing.run();
      if (snapshot !== null) {
        await props.code.use(snapshot);
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
          {props.code.label}
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

/** What is frozen, looked at now and then while it is in sight; and a way to look at once. */
function useFrozenCode(
  frozen: IFrozenCode,
  box: React.RefObject<HTMLElement>
): [IJobCode | null, () => Promise<void>] {
  const [code, setCode] = React.useState<IJobCode | null>(null);
  const look = async () => setCode(await frozen.look());
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
  }, [frozen.key]);
  return [code, look];
}
