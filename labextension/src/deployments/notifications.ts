import { Notification } from '@jupyterlab/apputils';

import { Settings } from '../settings';
import { Tabs } from '../tabs';
import { visible } from '../visible';
import { DeploymentActions } from './actions';

/** Tells once of each revision whose instances end, with a way to the log; and takes that back
 * where another revision is wished, or none. */
export function notifyCrashes(
  actions: DeploymentActions,
  tabs: Tabs,
  settings: Settings
): void {
  const { service, trans } = actions;
  /** The last revision that was told of and its notification, by the deployment's id. */
  const told = new Map<string, { revision: number | null; notice: string }>();
  // What was deleted meanwhile has no state.
  const stateOf = (name: string) =>
    service.recipe(name).then(
      recipe => recipe.state['x-jupyter'],
      () => null
    );
  actions.model.events.deploymentChanged.connect(async (_, event) => {
    const last = told.get(event.deployment_id);
    if (!last) {
      return;
    }
    const state = await stateOf(event.name);
    if (!state?.wanted || state.revision !== last.revision) {
      Notification.dismiss(last.notice);
    }
  });
  actions.model.events.instanceChanged.connect(async (_, event) => {
    if (event.state !== 'retrying' || !settings.notifyOnFailure) {
      return;
    }
    const { deployment_id: id, deployment_name: name, run_id } = event;
    // The event holds no sentence.
    const state = await stateOf(name);
    if (!state?.wanted || told.get(id)?.revision === state.revision) {
      return;
    }
    const notice = Notification.error(
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
    told.set(id, { revision: state.revision, notice });
  });
}
