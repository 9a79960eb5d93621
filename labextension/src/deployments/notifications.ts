import { Notification } from '@jupyterlab/apputils';

import { Settings } from '../settings';
import { Tabs } from '../tabs';
import { visible } from '../visible';
import { DeploymentActions } from './actions';

/** Tells once of each revision whose instances end, with a way to the log. */
export function notifyCrashes(
  actions: DeploymentActions,
  tabs: Tabs,
  settings: Settings
): void {
  const { service, trans } = actions;
  /** The last revision that was told of, by the deployment's id. */
  const told = new Map<string, number | null>();
  actions.model.events.instanceChanged.connect(async (_, event) => {
    if (event.state !== 'retrying' || !settings.notifyOnFailure) {
      return;
    }
    const { deployment_id: id, deployment_name: name, run_id } = event;
    // The event holds no sentence; what was deleted meanwhile has none either.
    const state = await service.recipe(name).then(
      recipe => recipe.state['x-jupyter'],
      () => null
    );
    if (!state || told.get(id) === state.revision) {
      return;
    }
    told.set(id, state.revision);
    Notification.error(
      [
        trans.__('%1 is failing', name),
        state.sentence,
        visible(state.advice?.sentence ?? '')
      ]
        .filter(Boolean)
        .join('\n'),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Open log'),
            displayType: 'accent',
            callback: () =>
              tabs.openDeployment(name, { instanceId: run_id, section: 'log' })
          }
        ]
      }
    );
  });
}
