import { TranslationBundle } from '@jupyterlab/translation';

import { SectionModel } from '../../detail/sections';
import type { Tabs } from '../../tabs';
import { DeploymentActions } from '../actions';
import { DeploymentModel } from './model';

/** The parts of a deployment's tab. */
export type DeploymentSection =
  'overview' | 'instances' | 'log' | 'revisions' | 'metrics' | 'recipe';

/** What every part of a deployment's tab is given. */
export interface IDeploymentProps {
  deployment: DeploymentModel;
  sections: SectionModel<DeploymentSection>;
  actions: DeploymentActions;
  tabs: Tabs;
}

export function sectionLabels(
  trans: TranslationBundle
): [DeploymentSection, string][] {
  return [
    ['overview', trans.__('Overview')],
    ['instances', trans.__('Instances')],
    ['log', trans.__('Logs')],
    ['revisions', trans.__('Revisions')],
    ['metrics', trans.__('Metrics')],
    ['recipe', trans.__('Recipe')]
  ];
}
