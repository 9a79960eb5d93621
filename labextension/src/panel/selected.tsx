import {
  closeIcon,
  deleteIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IconButton } from '../button';
import { useSignal } from '../hooks';
import { Many } from '../many';
import { Progress } from '../progress';
import { IRecipe } from '../tokens';

/** What can be done with the chosen jobs; while it is done, how far it is. */
export function Selected(props: {
  recipes: readonly IRecipe[];
  many: Many;
  trans: TranslationBundle;
  onClear(): void;
}): JSX.Element | null {
  const { recipes, many, trans } = props;
  useSignal(many.bulk.changed);
  const { progress } = many.bulk;
  if (progress) {
    return (
      <div className="jp-Deploy-chosen">
        <Progress bulk={many.bulk} progress={progress} trans={trans} />
      </div>
    );
  }
  if (!recipes.length) {
    return null;
  }
  const isActive = recipes.some(job => job.state['x-jupyter'].active_runs);
  return (
    <div className="jp-Deploy-chosen">
      <span role="status">
        {trans._n('%1 selected', '%1 selected', recipes.length)}
      </span>
      <IconButton
        icon={runIcon}
        label={trans.__('Run those selected')}
        onClick={() => void many.startJobs(recipes)}
      />
      <IconButton
        icon={stopIcon}
        label={trans.__('Stop those selected…')}
        disabled={!isActive}
        onClick={() => void many.stopJobs(recipes)}
      />
      <IconButton
        icon={deleteIcon}
        label={trans.__('Delete those selected…')}
        onClick={() => void many.removeJobs(recipes)}
      />
      <IconButton
        icon={closeIcon}
        label={trans.__('Clear selection')}
        onClick={props.onClear}
      />
    </div>
  );
}
