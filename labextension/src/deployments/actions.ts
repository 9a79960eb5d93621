import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ISignal, Signal } from '@lumino/signaling';

import { JobActions } from '../actions';
import { IAdvised } from '../advice';
import { packNotified } from '../code/notified';
import { jobName } from '../files';
import { ResourceActions } from '../resourceactions';
import { SpecInput } from '../service';
import { IDeployment, IDeploymentSpec, IInstance, IRecipe } from '../tokens';
import { DeploymentsModel } from './model';
import { deploymentOf, jobOf } from './other';
import { DeploymentInput } from './service';
import { pythonSnippet } from './snippet';

/** A form that is to be opened, filled. */
export type Drafted =
  | { kind: 'job'; draft: SpecInput }
  | { kind: 'deployment'; draft: DeploymentInput; file?: string };

/** Milliseconds that a word on something done stays. */
const WORD = 5000;

/** What people do to deployments, from wherever they do it. Each shows its own failure. */
export class DeploymentActions extends ResourceActions<DeploymentsModel> {
  constructor(
    model: DeploymentsModel,
    readonly jobs: JobActions
  ) {
    super(model);
  }

  /** A form is to be opened. */
  get drafted(): ISignal<this, Drafted> {
    return this._drafted;
  }

  async start(d: IDeployment): Promise<void> {
    await this.attempt(this.trans.__('Could not start %1', d.spec.name), () =>
      this.service.act(d.state.id, 'start')
    );
  }

  /** Asks once where it serves. */
  async stop(d: IDeployment): Promise<void> {
    const { name } = d.spec;
    const { ready, instances } = d.state['x-jupyter'];
    const { trans } = this;
    const sure =
      ready === 0 ||
      (await this.confirm(
        trans.__('Stop “%1”?', name),
        trans._n(
          'Its instance ends, and nobody can open it until it is started again.',
          'Its %1 instances end, and nobody can open it until it is started again.',
          instances.length
        ),
        trans.__('Stop')
      ));
    if (sure) {
      await this.attempt(trans.__('Could not stop %1', name), () =>
        this.service.act(d.state.id, 'stop')
      );
    }
  }

  /** Puts it as it is now in service, instance by instance. */
  async restart(d: IDeployment): Promise<void> {
    await this.attempt(this.trans.__('Could not restart %1', d.spec.name), () =>
      this.service.act(d.state.id, 'restart')
    );
  }

  /** Puts an earlier revision in service again: itself undone by another rollback. */
  async rollback(d: IDeployment, revision: number): Promise<void> {
    await this.attempt(
      this.trans.__(
        'Could not go back to revision %1 of %2',
        revision,
        d.spec.name
      ),
      () => this.service.rollback(d.state.id, revision)
    );
  }

  /** Asks once. Whether the deployment is gone. */
  async remove(d: IDeployment): Promise<boolean> {
    const { name } = d.spec;
    const { revision, instances } = d.state['x-jupyter'];
    const { trans } = this;
    const words = [
      revision === null
        ? trans.__('The deployment is deleted for good. It was never started.')
        : trans.__(
            'The deployment, its revisions (%1 so far) and the logs of its instances are deleted for good.',
            revision
          )
    ];
    if (instances.length) {
      words.push(
        trans._n(
          'Its instance is stopped first.',
          'Its %1 instances are stopped first.',
          instances.length
        )
      );
    }
    const sure = await this.confirm(
      trans.__('Delete deployment “%1”?', name),
      words.join(' ')
    );
    if (!sure) {
      return false;
    }
    const done = await this.attempt(trans.__('Could not delete %1', name), () =>
      this.service.remove(d.state.id)
    );
    return done !== null;
  }

  /** Applies the fix that the advice on an instance offers to its deployment, then offers what
   * puts it to use. */
  async fix(d: IDeployment, of: IAdvised): Promise<void> {
    const { trans } = this;
    const { name } = d.spec;
    if (of.advice?.fix?.kind === 'make_job') {
      return this.makeJob(d);
    }
    const fixed = await this.attempt(trans.__('Could not fix %1', name), () =>
      this.service.fix(of.id)
    );
    if (!fixed) {
      return;
    }
    this.setFixed(of);
    const { wanted } = fixed.state['x-jupyter'];
    Notification.success(
      wanted
        ? trans.__('%1 is edited. It runs as before until its restart.', name)
        : trans.__('%1 is edited.', name),
      {
        autoClose: 2 * WORD,
        actions: [
          {
            label: wanted ? trans.__('Restart') : trans.__('Start'),
            displayType: 'accent',
            callback: () =>
              void (wanted ? this.restart(fixed) : this.start(fixed))
          }
        ]
      }
    );
  }

  /** Ends one instance; another one takes its place. */
  async replace(instance: IInstance): Promise<void> {
    await this.attempt(
      this.trans.__(
        'Could not replace instance %1 of %2',
        instance.instance,
        instance.deployment_name
      ),
      () => this.service.replace(instance.id)
    );
  }

  /** Puts the project as it is now in service: with a frozen copy, freezes it anew first. */
  async updateCode(d: IDeployment): Promise<void> {
    const { trans } = this;
    const { name } = d.spec;
    await this.attempt(
      trans.__('Could not update the code of %1', name),
      async () => {
        let updated = d;
        if (d.spec['x-jupyter'].source === 'snapshot') {
          const snapshot = await packNotified(
            this.jobs.service,
            trans.__('Freezing the project for %1', name),
            trans
          );
          if (snapshot === null) {
            return;
          }
          const changes = { source: 'snapshot', snapshot };
          updated = await this.service.update(d.state.id, {
            'x-jupyter': changes as IDeploymentSpec['x-jupyter']
          });
        }
        if (updated.state['x-jupyter'].wanted) {
          await this.service.act(d.state.id, 'restart');
        }
      }
    );
  }

  /** Opens the app in a tab of the browser's. */
  async open(d: IDeployment): Promise<void> {
    window.open(d.state.url, '_blank', 'noopener');
  }

  /** Opens the form of a job that does what the deployment does. */
  async makeJob(d: IDeployment): Promise<void> {
    const { name } = d.spec;
    const draft = await this.attempt(
      this.trans.__('Could not make a job of %1', name),
      async () => {
        // Lists don't say the values of environment variables.
        const { spec } = await this.service.recipe(name);
        return jobOf(spec, await this.jobs.untaken(name));
      }
    );
    if (draft) {
      this._drafted.emit({ kind: 'job', draft });
    }
  }

  /** Opens the form of a deployment that serves what the job runs. */
  async makeDeployment(recipe: IRecipe): Promise<void> {
    const { name } = recipe.spec;
    const draft = await this.attempt(
      this.trans.__('Could not make a deployment of %1', name),
      async () => {
        const { spec } = await this.jobs.service.recipe(name);
        return deploymentOf(spec, await this.untaken(name));
      }
    );
    if (draft) {
      this._drafted.emit({ kind: 'deployment', draft });
    }
  }

  /** Opens the form of a deployment that serves a file of the file browser. */
  async deployFile(path: string): Promise<void> {
    const file = await this.jobs.inProject(path);
    if (file === null) {
      return;
    }
    const draft = await this.attempt(
      this.trans.__('Could not deploy %1', path),
      async () => {
        const found = await this.service.frameworks(file);
        const framework = found.frameworks.find(
          ({ id }) => id === found.recognised
        );
        return {
          name: await this.untaken(found.name || jobName(path)),
          command: framework?.command ?? '',
          working_directory: found.working_directory
        };
      }
    );
    if (draft) {
      this._drafted.emit({ kind: 'deployment', draft, file });
    }
  }

  /** Puts Python that asks it onto the clipboard. */
  async copyPython(d: IDeployment): Promise<void> {
    Clipboard.copyToSystem(pythonSnippet(d.state.url));
    Notification.success(
      this.trans.__('Copied: Python that asks %1', d.spec.name),
      { autoClose: WORD }
    );
  }

  private _drafted = new Signal<this, Drafted>(this);
}
