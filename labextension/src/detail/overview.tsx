import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { JobsModel } from '../model';
import { duration, exact } from '../time';
import { IRecipe, ISize } from '../tokens';
import { Facts } from './facts';
import { JobSchedule } from './schedule';
import { moreFacts, specFacts } from './spec';

/** What the job is made of. */
export function Overview(props: {
  recipe: IRecipe;
  sizes: readonly ISize[];
  jobs: JobsModel;
}): JSX.Element {
  const { recipe, sizes, jobs } = props;
  const { trans } = jobs;
  const { spec } = recipe;
  const { project, created_at, disk } = recipe.state['x-jupyter'];
  const { timeout } = spec['x-jupyter'];
  return (
    <>
      {spec.schedule !== null && <JobSchedule recipe={recipe} jobs={jobs} />}
      <Facts
        facts={[
          ...specFacts(spec, project, sizes, trans),
          [trans.__('Retries'), retriesWords(spec.retries, trans)],
          [
            trans.__('Timeout'),
            timeout === null ? trans.__('none') : duration(timeout, trans)
          ],
          ...moreFacts(spec, trans),
          [trans.__('Created'), exact(created_at)],
          [
            trans.__('Kept of its runs'),
            disk === undefined ? null : bytesWords(disk, trans)
          ]
        ]}
      />
    </>
  );
}

/** "2 retries – up to 3 attempts". */
export function retriesWords(retries: number, trans: TranslationBundle) {
  return retries
    ? trans._n(
        '%1 retry – up to %2 attempts',
        '%1 retries – up to %2 attempts',
        retries,
        retries + 1
      )
    : trans.__('none – one attempt');
}
