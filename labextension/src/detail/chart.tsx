import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { duration } from '../time';
import { linePath, nearest, topOf } from './scale';

/** Units of the picture, which is stretched to the width there is. */
const WIDTH = 1000;
const HEIGHT = 100;

export interface IChartPoint {
  /** Seconds since the beginning. */
  at: number;
  value: number;
}

export interface IChartProps {
  title: string;
  /** What the picture shows, in words. */
  summary: string;
  /** Two or more, oldest first. */
  points: readonly IChartPoint[];
  /** The most there could be. */
  limit: number;
  /** What the scale counts in. */
  unit: number;
  /** Names the top of the scale. */
  topWords(top: number): string;
  valueWords(value: number): string;
  trans: TranslationBundle;
}

/** One quantity over time. Pointer and arrow keys read values off it. */
export function Chart(props: IChartProps): JSX.Element {
  const { title, summary, points, trans } = props;
  const [read, setRead] = React.useState<number | null>(null);
  const end = points[points.length - 1].at;
  const most = Math.max(...points.map(point => point.value));
  const top = topOf(most, props.limit, props.unit);
  const line = linePath(points, end, top, WIDTH, HEIGHT);
  const point =
    read === null ? null : points[Math.min(read, points.length - 1)];
  const words = ({ at, value }: IChartPoint) =>
    at > 0
      ? trans.__('%1 after %2', props.valueWords(value), duration(at, trans))
      : trans.__('%1 at the beginning', props.valueWords(value));

  const onKeyDown = (event: React.KeyboardEvent) => {
    const last = points.length - 1;
    const at = read ?? last;
    const target = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageDown: at - Math.ceil(last / 10),
      PageUp: at + Math.ceil(last / 10),
      Home: 0,
      End: last
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      setRead(Math.max(0, Math.min(last, target)));
    }
  };
  const onPointerMove = (event: React.PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setRead(nearest(points, ((event.clientX - left) / width) * end));
  };

  return (
    <figure className="jp-Deploy-chart">
      <figcaption>
        <b>{title}</b> <span>{point ? words(point) : summary}</span>
      </figcaption>
      <div className="jp-Deploy-chart-top">{props.topWords(top)}</div>
      <div
        className="jp-Deploy-chart-picture"
        role="slider"
        tabIndex={0}
        aria-readonly
        aria-label={`${title}: ${summary}`}
        aria-valuemin={0}
        aria-valuemax={points.length - 1}
        aria-valuenow={read ?? points.length - 1}
        aria-valuetext={words(point ?? points[points.length - 1])}
        onKeyDown={onKeyDown}
        onFocus={() => setRead(read ?? points.length - 1)}
        onBlur={() => setRead(null)}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setRead(null)}
      >
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          <path
            className="jp-mod-area"
            d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`}
          />
          <path className="jp-mod-line" d={line} />
          {point && end > 0 && (
            <path
              className="jp-mod-mark"
              d={`M${(point.at / end) * WIDTH} 0V${HEIGHT}`}
            />
          )}
        </svg>
      </div>
      <div className="jp-Deploy-chart-times" aria-hidden>
        <span>0</span>
        <span>{duration(end, trans)}</span>
      </div>
    </figure>
  );
}
