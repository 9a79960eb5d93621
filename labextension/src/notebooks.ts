import { Contents, Drive } from '@jupyterlab/services';

import { DeployService } from './service';
import { IRun } from './tokens';

/** The drive that executed notebooks of runs are opened from. */
export const DRIVE = 'JobRuns';

/** The path of a run's executed notebook, for the document manager. */
export function notebookPath(run: IRun): string {
  const attempt = Math.max(1, run.attempts.length);
  return `${DRIVE}:${run.id}-${attempt}/${run.job_name}-${run.number}.ipynb`;
}

/** Executed notebooks, each `<run>-<attempt>/<name>.ipynb`. There is nothing to change in them:
 * they say what happened. */
export class RunNotebooks extends Drive {
  constructor(service: DeployService) {
    super({ name: DRIVE, serverSettings: service.serverSettings });
    this._service = service;
  }

  async get(localPath: string): Promise<Contents.IModel> {
    const [folder, name] = localPath.split('/');
    const [run, attempt] = folder.split('-');
    const content = await this._service.notebook(run, Number(attempt));
    return {
      name,
      path: localPath,
      type: 'notebook',
      format: 'json',
      mimetype: 'application/x-ipynb+json',
      content,
      writable: false,
      created: '',
      last_modified: ''
    };
  }

  /** None: nothing of it is ever changed here. */
  async listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return [];
  }

  private _service: DeployService;
}
