import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { exact } from '../time';
import { ISpan, IStyle, parse } from './ansi';
import { ILine } from './line';

/** One line with its number and time. Its text is only ever text. */
export const Line = React.memo(function Line(props: {
  line: ILine;
  number: number | null;
  /** undefined: times are not shown. */
  time: string | null | undefined;
  marked: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { line, number, time, marked, trans } = props;
  if (line.hole !== undefined) {
    return (
      <span className="jp-Deploy-line-note">
        {trans.__(
          '… %1 MB of this log were given back to keep the disk free …',
          Math.round(line.hole / 1e5) / 10
        )}
      </span>
    );
  }
  return (
    <>
      <span className="jp-Deploy-line-number" aria-hidden>
        {number}
      </span>
      {time !== undefined && (
        <time
          className="jp-Deploy-line-time"
          dateTime={time ?? undefined}
          title={time ? exact(time) : undefined}
        >
          {time && timeOfDay(time)}
        </time>
      )}
      <span className="jp-Deploy-line-text">
        {line.partial && <i className="jp-Deploy-line-note">… </i>}
        {parse(line.text, line.style).map((span, i) => (
          <Span key={i} span={span} marked={marked} />
        ))}
        {line.hidden > 0 && (
          <i className="jp-Deploy-line-note">
            {trans.__(' … %1 more characters', line.hidden.toLocaleString())}
          </i>
        )}
      </span>
    </>
  );
});

function Span(props: { span: ISpan; marked: string }): JSX.Element {
  const { text, style } = props.span;
  const looks = looksOf(style);
  const words = props.marked ? mark(text, props.marked) : text;
  return looks.className || looks.style ? (
    <span {...looks}>{words}</span>
  ) : (
    <>{words}</>
  );
}

function mark(text: string, marked: string): React.ReactNode {
  const low = text.toLowerCase();
  const wanted = marked.toLowerCase();
  const parts: React.ReactNode[] = [];
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    const stop = at + wanted.length;
    parts.push(
      text.slice(from, at),
      <mark key={at}>{text.slice(at, stop)}</mark>
    );
    from = stop;
  }
  parts.push(text.slice(from));
  return parts;
}

const FLAGS = [
  'bold',
  'dim',
  'italic',
  'underline',
  'strike',
  'hidden'
] as const;

function looksOf(style: IStyle): {
  className?: string;
  style?: React.CSSProperties;
} {
  const { inverse } = style;
  const color = inverse
    ? (css(style.background) ?? 'var(--jp-layout-color0)')
    : css(style.color, style.background !== undefined && GREYS);
  const background = inverse
    ? (css(style.color) ?? 'var(--jp-content-font-color1)')
    : css(style.background, true);
  const classes = FLAGS.filter(flag => style[flag]).map(
    flag => `jp-Deploy-ansi-${flag}`
  );
  return {
    className: classes.join(' ') || undefined,
    style: color || background ? { color, background } : undefined
  };
}

/** Black, white and the greys. */
const GREYS: readonly number[] = [0, 7, 8, 15];

/** The theme's colour as text; for `ground`, all or some, as a background. */
function css(
  color: number | string | undefined,
  ground: boolean | readonly number[] = false
): string | undefined {
  if (typeof color !== 'number') {
    return color;
  }
  const asGround =
    typeof ground === 'boolean' ? ground : ground.includes(color);
  return asGround
    ? `var(--jp-deploy-ansi-ground-${color}, var(--jp-deploy-ansi-${color}))`
    : `var(--jp-deploy-ansi-${color})`;
}

function timeOfDay(iso: string): string {
  const time = new Date(iso);
  const pad = (n: number) => String(n).padStart(2, '0');
  const tenths = Math.floor(time.getMilliseconds() / 100);
  return (
    [time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(':') +
    `.${tenths}`
  );
}
