import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Bulk } from '../bulk';
import { useSignal } from '../hooks';
import { Progress } from '../progress';
import { isActive } from '../states';
import { IRun } from '../tokens';

/** What can be done with the chosen runs; while it is done, how far it is. */
export function SelectionBar(props: {
  chosen: readonly IRun[];
  /** Whether all that are loaded are chosen, and how many match in all. */
  isAll: boolean;
  total: number;
  bulk: Bulk;
  trans: TranslationBundle;
  /** Whether all that match are being loaded. */
  isLoading: boolean;
  onAll(): void;
  onStop(): void;
  onDelete(): void;
  onClear(): void;
}): JSX.Element {
  const { chosen, total, bulk, trans } = props;
  useSignal(bulk.changed);
  const active = chosen.filter(run => isActive(run.state)).length;
  const ended = chosen.length - active;
  if (bulk.progress) {
    return (
      <div className="jp-Deploy-chosen">
        <Progress bulk={bulk} progress={bulk.progress} trans={trans} />
      </div>
    );
  }
  const button = (words: string, act: () => void, isWarning = false) => (
    <button
      className={`jp-Deploy-small jp-mod-styled${isWarning ? ' jp-mod-warn' : ''}`}
      onClick={act}
    >
      {words}
    </button>
  );
  return (
    <div className="jp-Deploy-chosen">
      <span role="status">
        {trans._n(
          '%2 selected',
          '%2 selected',
          chosen.length,
          chosen.length.toLocaleString()
        )}
      </span>
      {props.isAll &&
        chosen.length < total &&
        (props.isLoading ? (
          <span role="status">{trans.__('Loading…')}</span>
        ) : (
          button(
            trans.__('Select all %1 that match', total.toLocaleString()),
            props.onAll
          )
        ))}
      {active > 0 &&
        button(
          trans._n(
            'Stop %2 run…',
            'Stop %2 runs…',
            active,
            active.toLocaleString()
          ),
          props.onStop,
          true
        )}
      {ended > 0 &&
        button(
          trans._n(
            'Delete %2 run…',
            'Delete %2 runs…',
            ended,
            ended.toLocaleString()
          ),
          props.onDelete,
          true
        )}
      {button(trans.__('Clear selection'), props.onClear)}
    </div>
  );
}
