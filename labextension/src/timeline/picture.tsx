import * as React from 'react';

import { dateOf, timeOf } from '../time';
import { IRange, scaleOf, ticksOf } from './axis';
import { COLUMN, IBar, Mark } from './layout';

/** Pixels from the top: shapes of outcomes, bars, slots that started nothing, times. */
export const TOP = 11;
export const BARS = 42;
export const SLOTS = 14;
const TIMES = 15;
export const HEIGHT = TOP + BARS + SLOTS + TIMES;
const BASE = TOP + BARS;
/** Pixels that a time takes. */
const LABEL = 54;
/** Pixels of a fire to come. */
const FIRE = 16;

export interface IPictureProps {
  marks: readonly Mark[];
  range: IRange;
  width: number;
  /** Position of the mark that is read. */
  current: number | null;
  /** The run that is shown. */
  shownRun: string | null;
  /** There are more fires to come than marks of them. */
  goesOn: boolean;
  idOf(at: number): string;
  wordsOf(mark: Mark): string;
}

/** The picture, each of its marks with a name for those who listen. */
export const Picture = React.memo(function Picture(
  props: IPictureProps
): JSX.Element {
  const { marks, range, width, current, shownRun } = props;
  const scale = scaleOf(range, width);
  const now = scale(range.now);
  const last = marks.filter(mark => mark.kind === 'fire').at(-1);
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="presentation"
    >
      <g className="jp-mod-axis" aria-hidden>
        {ticksOf(range, width).map(({ at, isDay }) => (
          <g key={at} transform={`translate(${scale(at)} 0)`}>
            <path
              className={isDay ? 'jp-mod-day' : undefined}
              d={`M0 ${TOP}V${BASE + SLOTS}`}
            />
            {scale(at) < width - LABEL && (
              <text x={3} y={HEIGHT - 3}>
                {isDay ? dateOf(at) : timeOf(at)}
              </text>
            )}
          </g>
        ))}
        <path className="jp-mod-base" d={`M0 ${BASE + 0.5}H${width}`} />
        {props.goesOn && last && (
          <path
            className="jp-mod-more"
            d={`M${last.x + last.width + 3} ${BASE - FIRE / 2}H${width}`}
          />
        )}
        <path className="jp-mod-now" d={`M${now} 0V${BASE + SLOTS}`} />
      </g>
      {marks.map((mark, at) => {
        const isShown =
          mark.kind === 'bar' && mark.runs.some(({ id }) => id === shownRun);
        return (
          <g
            key={`${mark.kind}-${mark.x}`}
            id={props.idOf(at)}
            role="option"
            aria-label={props.wordsOf(mark)}
            aria-selected={isShown}
            className={[
              `jp-mod-${mark.kind === 'bar' ? mark.state : mark.kind}`,
              current === at && 'jp-mod-current'
            ]
              .filter(Boolean)
              .join(' ')}
            transform={`translate(${mark.x} 0)`}
          >
            <Drawn mark={mark} />
            {isShown && (
              <path
                className="jp-mod-shown"
                d={`M0 ${BASE + 2}h${mark.width}`}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
});

function Drawn({ mark }: { mark: Mark }): JSX.Element {
  const middle = COLUMN / 2;
  switch (mark.kind) {
    case 'bar':
      return <Bar bar={mark} />;
    case 'fire':
      return (
        <rect
          className="jp-mod-body"
          x={0.5}
          y={BASE - FIRE + 0.5}
          width={mark.width - 1}
          height={FIRE - 1}
        />
      );
    case 'skipped':
      return (
        <path
          className="jp-mod-body"
          d={`M${middle} ${BASE + 3}l4 4-4 4-4-4z`}
        />
      );
    case 'missed':
      return (
        <path
          className="jp-mod-body"
          d={`M${middle - 4} ${BASE + 3.5}h8l-4 7z`}
        />
      );
  }
}

/** As high as the runs were long; what is worst of several is its top. */
function Bar({ bar }: { bar: IBar }): JSX.Element {
  const { width, height, share } = bar;
  const top = BASE - height;
  const worst = Math.max(Math.min(4, height), height * share);
  return (
    <>
      {share < 1 && (
        <rect
          className="jp-mod-rest"
          y={top + worst}
          width={width}
          height={height - worst}
        />
      )}
      <rect className="jp-mod-body" y={top} width={width} height={worst} />
      <path
        className="jp-mod-shape"
        transform={`translate(${Math.min(width, COLUMN) / 2} ${top - 5.5})`}
        d={SHAPES[bar.state]}
      />
    </>
  );
}

/** Above bars, so that no outcome is told by its colour alone; a plain bar is good. */
const SHAPES: { [state in IBar['state']]: string } = {
  completed: '',
  error: 'M-3-3l6 6M3-3l-6 6',
  stopped: 'M-2.8-2.8h5.6v5.6h-5.6z',
  queued: 'M-3-3h6l-6 6h6z',
  starting: 'M-2-3.5l4.5 3.5-4.5 3.5z',
  running: 'M-2-3.5l4.5 3.5-4.5 3.5z',
  retrying: 'M3 0a3 3 0 1 1-1-2.2M3-4v2.4h-2.4',
  stopping: 'M-2.8-2.8h5.6v5.6h-5.6z'
};
