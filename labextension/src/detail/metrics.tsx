import { HTMLSelect } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { describe } from '../model';
import { DeployService } from '../service';
import { isActive } from '../states';
import { duration } from '../time';
import { IRun, IRunMetrics } from '../tokens';
import { Chart, IChartPoint } from './chart';

/** Milliseconds between two looks at what an active run takes. */
const INTERVAL = 5000;

const MB = 1024 ** 2;
const GB = 1024 ** 3;

/** What an attempt takes of processors and memory, over time. */
export function Metrics(props: {
  run: IRun;
  service: DeployService;
  trans: TranslationBundle;
}): JSX.Element {
  const { run, service, trans } = props;
  const latest = Math.max(1, run.attempts.length);
  const [chosen, choose] = React.useState<number | null>(null);
  const attempt = chosen ?? latest;
  const active = isActive(run.state) && attempt === latest;
  const { metrics, problem } = useMetrics(
    `${run.id} ${attempt}`,
    () => service.metrics(run.id, attempt),
    active,
    trans
  );
  return (
    <section className="jp-Deploy-metrics">
      <div className="jp-Deploy-metrics-bar">
        <h3>{trans.__('Processors and memory')}</h3>
        {latest > 1 && (
          <HTMLSelect
            aria-label={trans.__('Attempt')}
            value={attempt}
            onChange={event => choose(Number(event.target.value))}
          >
            {run.attempts.map(({ number }) => (
              <option key={number} value={number}>
                {trans.__('Attempt %1 of %2', number, latest)}
              </option>
            ))}
          </HTMLSelect>
        )}
      </div>
      <MetricsPicture
        metrics={metrics}
        problem={problem}
        active={active}
        trans={trans}
      />
    </section>
  );
}

/** What was measured, or why there is nothing to see. */
export function MetricsPicture(props: {
  metrics: IRunMetrics | null;
  problem: string | null;
  /** More is measured. */
  active: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { metrics, problem, active, trans } = props;
  return (
    <>
      {problem !== null && (
        <p className="jp-Deploy-problem" role="alert">
          {problem}
        </p>
      )}
      {metrics && metrics.points.length < 2 && (
        <p role="status">
          {active
            ? trans.__('Measuring…')
            : trans.__('It was too short to be measured over time.')}
        </p>
      )}
      {metrics && metrics.points.length >= 2 && (
        <Charts metrics={metrics} trans={trans} />
      )}
    </>
  );
}

function Charts(props: {
  metrics: IRunMetrics;
  trans: TranslationBundle;
}): JSX.Element {
  const { points, limits } = props.metrics;
  const { trans } = props;
  const [began] = points[0];
  const series = (at: 1 | 2): IChartPoint[] =>
    points.map(point => ({
      at: (Date.parse(point[0]) - Date.parse(began)) / 1000,
      value: point[at]
    }));
  const cores = series(1);
  const memory = series(2);
  const most = Math.max(...memory.map(point => point.value));
  const coreWords = (value: number) => String(Number(value.toPrecision(2)));
  const memoryWords = (value: number) => bytesWords(value, trans);
  const took = cores[cores.length - 1].at;
  const mean =
    cores
      .slice(1)
      .reduce((sum, { at, value }, i) => sum + value * (at - cores[i].at), 0) /
    Math.max(took, 1e-9);
  return (
    <div className="jp-Deploy-charts">
      <Chart
        title={trans.__('Cores in use')}
        summary={trans.__(
          '%1 of %2 cores on average, %3 at most',
          coreWords(mean),
          coreWords(limits.cores),
          coreWords(Math.max(...cores.map(point => point.value)))
        )}
        points={cores}
        limit={limits.cores}
        unit={1}
        topWords={top =>
          trans.__('%1 of %2', coreWords(top), coreWords(limits.cores))
        }
        valueWords={value =>
          trans._n('%1 core', '%1 cores', Number(coreWords(value)))
        }
        trans={trans}
      />
      <Chart
        title={trans.__('Memory')}
        summary={trans.__(
          '%1 at most, of %2, over %3',
          memoryWords(props.metrics.memory_peak ?? most),
          memoryWords(limits.memory),
          duration(took, trans)
        )}
        points={memory}
        limit={limits.memory}
        unit={most >= GB ? GB : MB}
        topWords={top =>
          trans.__('%1 of %2', memoryWords(top), memoryWords(limits.memory))
        }
        valueWords={memoryWords}
        trans={trans}
      />
    </div>
  );
}

/** What `look` finds, at once and, while `active`, again and again; `key` names what it is of. */
export function useMetrics(
  key: string,
  look: () => Promise<IRunMetrics>,
  active: boolean,
  trans: TranslationBundle
): { metrics: IRunMetrics | null; problem: string | null } {
  const [metrics, setMetrics] = React.useState<IRunMetrics | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  React.useEffect(() => setMetrics(null), [key]);
  React.useEffect(() => {
    let wanted = true;
    const again = async () => {
      if (document.hidden) {
        return;
      }
      try {
        const found = await look();
        if (wanted) {
          setMetrics(found);
          setProblem(null);
        }
      } catch (error) {
        if (wanted) {
          setProblem(describe(error, trans));
        }
      }
    };
    void again();
    const timer = active
      ? setInterval(() => void again(), INTERVAL)
      : undefined;
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [key, active]);
  return { metrics, problem };
}
