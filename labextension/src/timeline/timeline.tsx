import * as React from 'react';

import { useNow, useSignal } from '../hooks';
import { JobsModel } from '../model';
import { usePreview } from '../schedule/preview';
import { IRecipe, ISchedulePreview } from '../tokens';
import { rangeOf, spanOf } from './axis';
import { Spans, Summary } from './bar';
import { marksOf, nearestMark, runToShow } from './layout';
import { TimelineModel } from './model';
import { BARS, Picture, TOP } from './picture';
import { countsOf, markWords } from './words';

/** The most fires that the server tells of. */
const FIRES = 50;

export interface ITimelineProps {
  recipe: IRecipe;
  jobs: JobsModel;
  /** The run whose log is shown. */
  shown: string | null;
  onOpen(runId: string): void;
}

/** The runs of a scheduled job as a picture, with slots that started none and those to come. */
export function Timeline(props: ITimelineProps): JSX.Element | null {
  const { recipe, jobs } = props;
  const { suspended, time_zone } = recipe.spec['x-jupyter'];
  const { preview, problems } = usePreview(
    jobs.service,
    {
      expression: suspended ? null : recipe.spec.schedule,
      timeZone: time_zone,
      count: FIRES
    },
    jobs.trans
  );
  const isKnown = preview || suspended || Object.keys(problems).length > 0;
  // How much to show at first depends on how often it is due.
  return isKnown ? <Known {...props} preview={preview} /> : null;
}

function Known(
  props: ITimelineProps & { preview: ISchedulePreview | null }
): JSX.Element {
  const { recipe, jobs, preview, shown } = props;
  const { trans } = jobs;
  const [model, setModel] = React.useState<TimelineModel | null>(null);
  const jobId = recipe.state.id;
  React.useEffect(() => {
    const made = new TimelineModel(jobs, jobId, spanOf(gapOf(preview)));
    setModel(made);
    return () => made.dispose();
  }, [jobId]);
  return (
    <section className="jp-Deploy-timeline" aria-label={trans.__('Timeline')}>
      {model && !model.isDisposed && (
        <Drawing
          model={model}
          jobs={jobs}
          preview={preview}
          shown={shown}
          onOpen={props.onOpen}
        />
      )}
    </section>
  );
}

interface IDrawingProps {
  model: TimelineModel;
  jobs: JobsModel;
  preview: ISchedulePreview | null;
  shown: string | null;
  onOpen(runId: string): void;
}

function Drawing(props: IDrawingProps): JSX.Element {
  const { model, jobs, preview, shown, onOpen } = props;
  const { trans } = jobs;
  useSignal(model.stateChanged);
  const box = React.useRef<HTMLDivElement>(null);
  const id = React.useId();
  const now = useNow(10_000);
  const width = useWidth(box);
  const [read, setRead] = React.useState<number | null>(null);
  const { runs, slots, span } = model;
  const range = React.useMemo(() => rangeOf(span, now), [span, now]);
  const marks = React.useMemo(() => {
    const fires = (preview?.next ?? []).filter(
      ({ at }) => Date.parse(at) > range.now
    );
    return marksOf({ runs, slots, fires }, range, width, BARS);
  }, [runs, slots, preview, range, width]);
  const wordsOf = React.useCallback(
    (mark: (typeof marks)[number]) => markWords(mark, slots, now, trans),
    [slots, now, trans]
  );
  const idOf = React.useCallback((at: number) => `${id}-${at}`, [id]);
  const current = read !== null && read < marks.length ? read : null;
  const counts = countsOf(runs, slots, trans);
  const open = (at: number | null) => {
    const mark = at === null ? null : marks[at];
    if (mark?.kind === 'bar') {
      onOpen(runToShow(mark).id);
    }
  };
  const at = (event: React.MouseEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const level = event.clientY - top > TOP + BARS ? 'slots' : 'bars';
    return nearestMark(marks, event.clientX - left, level);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const last = marks.length - 1;
    const from = current ?? last + 1;
    const target = {
      ArrowLeft: from - 1,
      ArrowRight: current === null ? last : from + 1,
      Home: 0,
      End: last
    }[event.key];
    if (target !== undefined && marks.length) {
      event.preventDefault();
      setRead(Math.max(0, Math.min(last, target)));
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open(current);
    }
  };
  const first = lastRun(marks);
  return (
    <>
      <div className="jp-Deploy-timeline-bar">
        <Spans model={model} trans={trans} />
        <span className="jp-Deploy-timeline-words">
          {model.problem ??
            (current === null ? (
              <Summary counts={counts} />
            ) : (
              wordsOf(marks[current])
            ))}
        </span>
      </div>
      <div
        ref={box}
        className="jp-Deploy-timeline-picture"
        role="listbox"
        tabIndex={0}
        aria-label={trans.__(
          'Runs over time: %1',
          counts.map(({ words }) => words).join(', ')
        )}
        aria-orientation="horizontal"
        aria-activedescendant={current === null ? undefined : idOf(current)}
        onKeyDown={onKeyDown}
        onFocus={event => {
          // By key: a pointer says itself what it means.
          if (event.currentTarget.matches(':focus-visible')) {
            setRead(current ?? first);
          }
        }}
        onBlur={() => setRead(null)}
        onPointerMove={event => setRead(at(event))}
        onPointerLeave={() => setRead(null)}
        onClick={event => open(at(event))}
      >
        {width > 0 && (
          <Picture
            {...{ marks, range, width, current, idOf, wordsOf }}
            shownRun={shown}
            goesOn={preview?.next.length === FIRES}
          />
        )}
      </div>
      {model.hasMore && (
        <p className="jp-Deploy-hint">
          {trans.__(
            'Only the latest %1 runs are drawn.',
            runs.length.toLocaleString()
          )}
        </p>
      )}
    </>
  );
}

/** Position of the latest run: where those begin who read by key. */
function lastRun(marks: readonly { kind: string }[]): number | null {
  const at = marks.map(({ kind }) => kind).lastIndexOf('bar');
  return at >= 0 ? at : marks.length ? 0 : null;
}

/** Milliseconds between the next two fires. */
function gapOf(preview: ISchedulePreview | null): number | null {
  const [first, second] = preview?.next ?? [];
  return second ? Date.parse(second.at) - Date.parse(first.at) : null;
}

/** Pixels inside an element. */
function useWidth(box: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useLayoutEffect(() => {
    const measure = () => setWidth(box.current?.clientWidth ?? 0);
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}
