import { Notification } from '@jupyterlab/apputils';

import { JobActions } from './actions';
import { Settings } from './settings';
import { Tabs } from './tabs';
import { visible } from './visible';

/** Tells of each failed run once, with a way to its log. */
export function notifyFailures(
  actions: JobActions,
  tabs: Tabs,
  settings: Settings
): void {
  const { events, service, trans } = actions.model;
  const told = new Set<string>();
  events.runChanged.connect(async (_, event) => {
    if (
      event.state !== 'error' ||
      told.has(event.run_id) ||
      !settings.notifyOnFailure
    ) {
      return;
    }
    told.add(event.run_id);
    // The event holds no sentence; a run deleted meanwhile has none either.
    const run = await service.run(event.run_id).catch(() => null);
    const words = run
      ? [
          run.sentence,
          visible(run.advice?.sentence ?? run.detail ?? '')
        ].filter(Boolean)
      : [];
    Notification.error(
      [trans.__('%1 failed', event.job_name), ...words].join('\n'),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Open log'),
            displayType: 'accent',
            callback: () => {
              tabs.openJob(event.job_name, { runId: event.run_id });
            }
          }
        ]
      }
    );
  });
}
