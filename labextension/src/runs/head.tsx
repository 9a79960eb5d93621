import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Order } from './filters';
import { RunsModel } from './model';

/** Names of the columns; some order the runs when clicked. */
export function Head(props: {
  model: RunsModel;
  trans: TranslationBundle;
  /** How many are loaded, and chosen of them. */
  loaded: number;
  chosen: number;
  onChooseAll(): void;
}): JSX.Element {
  const { model, trans, loaded, chosen } = props;
  const all = React.useRef<HTMLInputElement>(null);
  const isAll = chosen > 0 && chosen === loaded;
  React.useEffect(() => {
    all.current!.indeterminate = chosen > 0 && !isAll;
  });
  const { isOfJob } = model;
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th className="jp-mod-check">
          <input
            ref={all}
            type="checkbox"
            aria-label={trans.__('Select all runs that are loaded')}
            checked={isAll}
            onChange={props.onChooseAll}
          />
        </th>
        {!isOfJob && <th className="jp-mod-job">{trans.__('Job')}</th>}
        <th className="jp-mod-number">#</th>
        <th className="jp-mod-outcome">{trans.__('Outcome')}</th>
        <Column
          {...{ model, trans }}
          name="started"
          label={trans.__('Started')}
          down="newest"
          up="oldest"
        />
        <Column
          {...{ model, trans }}
          name="duration"
          label={trans.__('Duration')}
          down={isOfJob ? 'longest' : null}
          up="shortest"
        />
        <th className="jp-mod-cpu" title={trans.__('Time on processors')}>
          {trans.__('CPU')}
        </th>
        <Column
          {...{ model, trans }}
          name="memory"
          label={trans.__('Memory')}
          title={trans.__('The most memory it had at once')}
          down={isOfJob ? 'largest' : null}
          up={null}
        />
        <th className="jp-mod-code">{trans.__('Code')}</th>
        <th className="jp-mod-trigger">{trans.__('Trigger')}</th>
        <th className="jp-mod-attempts">{trans.__('Attempts')}</th>
        <th className="jp-mod-actions" aria-label={trans.__('Actions')} />
      </tr>
    </thead>
  );
}

/** A column that orders the runs, downwards at first; `down` is null where it can't. */
function Column(props: {
  model: RunsModel;
  trans: TranslationBundle;
  name: string;
  label: string;
  title?: string;
  down: Order | null;
  up: Order | null;
}): JSX.Element {
  const { model, label, title, down, up } = props;
  const className = `jp-mod-${props.name}`;
  if (down === null) {
    return (
      <th className={className} title={title}>
        {label}
      </th>
    );
  }
  const { order } = model;
  const sort =
    order === down ? 'descending' : order === up ? 'ascending' : 'none';
  return (
    <th className={className} aria-sort={sort} title={title}>
      <button
        className="jp-Deploy-order"
        onClick={() => {
          // A third click on one that has no other way goes back to the usual order.
          model.order = order !== down ? down : (up ?? 'newest');
        }}
      >
        {label}
        <span aria-hidden>
          {{ descending: ' ▾', ascending: ' ▴', none: '' }[sort]}
        </span>
      </button>
    </th>
  );
}
