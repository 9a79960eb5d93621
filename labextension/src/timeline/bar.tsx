import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Span } from './axis';
import { TimelineModel } from './model';
import { ICount } from './words';

/** How many there are of what; tells too what the shapes mean. */
export function Summary(props: { counts: readonly ICount[] }): JSX.Element {
  return (
    <>
      {props.counts.map(({ kind, words }) => (
        <span key={kind} className={kind ? `jp-mod-${kind}` : undefined}>
          {words}
        </span>
      ))}
    </>
  );
}

/** How much of the past is shown. */
export function Spans(props: {
  model: TimelineModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const spans: [Span, string][] = [
    ['day', trans.__('Day')],
    ['week', trans.__('Week')],
    ['month', trans.__('Month')]
  ];
  return (
    <span
      className="jp-Deploy-chips"
      role="group"
      aria-label={trans.__('How much of the past')}
    >
      {spans.map(([span, name]) => (
        <button
          key={span}
          type="button"
          className="jp-Deploy-chip"
          aria-pressed={model.span === span}
          onClick={() => (model.span = span)}
        >
          {name}
        </button>
      ))}
    </span>
  );
}
