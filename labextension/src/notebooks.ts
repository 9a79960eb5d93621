import { IDocumentManager } from '@jupyterlab/docmanager';
import { Contents, Drive } from '@jupyterlab/services';

import { DeployService } from './service';
import { IRun } from './tokens';

/** The drive that executed notebooks of runs are opened from. */
const DRIVE = 'JobRuns';

/** Whether a path is that of an executed notebook. */
export function isExecuted(path: string): boolean {
  return path.startsWith(`${DRIVE}:`);
}

/** Shows the notebook of a run's latest attempt, without a kernel: it says what happened. */
export function openNotebook(documents: IDocumentManager, run: IRun): void {
  const attempt = Math.max(1, run.attempts.length);
  const name = `${run.job_name}-${run.number}.ipynb`;
  documents.openOrReveal(
    `${DRIVE}:${run.id}-${attempt}/${name}`,
    undefined,
    undefined,
    undefined,
    { shouldStart: false, canStart: false, autoStartDefault: false }
  );
}

/** Executed notebooks, each `<run>-<attempt>/<name>.ipynb`. None of them can be changed. */
export class RunNotebooks extends Drive {
  constructor(service: DeployService) {
    super({ name: DRIVE, serverSettings: service.serverSettings });
    this._service = service;
  }

  async get(localPath: string): Promise<Contents.IModel> {
    const [folder, name] = localPath.split('/');
    const [run, attempt] = folder.split('-');
    const content = await this._service.notebook(run, Number(attempt));
    const now = new Date().toISOString();
    return {
      name,
      path: localPath,
      type: 'notebook',
      format: 'json',
      mimetype: 'application/x-ipynb+json',
      content,
      writable: false,
      created: now,
      last_modified: now
    };
  }

  /** None: nothing of it is ever changed here. */
  async listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return [];
  }

  private _service: DeployService;
}
