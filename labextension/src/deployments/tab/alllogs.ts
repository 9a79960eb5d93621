import { MergedLog } from '../../logs/merged';
import { ILogged } from '../../logs/model';
import { AttemptLog } from '../../logs/source';
import { IPart } from '../../logs/follower';
import { DeployService } from '../../service';
import { isActive } from '../../states';
import { IInstance } from '../../tokens';

/** The logs of all instances that run, as those of one. */
export class AllLogs {
  constructor(private _service: DeployService) {}

  /** As of now; whoever is new joins the log that is shown. */
  of(instances: readonly IInstance[]): ILogged {
    const living = instances.filter(
      ({ state, attempts }) => isActive(state) && attempts.length > 0
    );
    this._parts = living.map(instance => this._part(instance));
    if (this._merged) {
      this._merged.parts = this._parts;
    }
    const state = living.length ? 'running' : 'stopped';
    return {
      id: 'all',
      state,
      sentence: '',
      attempts: [{ number: 1, state }],
      source: () => (this._merged = new MergedLog(this._parts))
    };
  }

  private _part({ id, attempt, revision, instance }: IInstance): IPart {
    return {
      key: `${id} ${attempt}`,
      // Revision and instance.
      label: `r${revision}·${instance}`,
      colour: instance - 1,
      source: new AttemptLog(this._service, id, attempt)
    };
  }

  private _merged: MergedLog | null = null;
  private _parts: readonly IPart[] = [];
}
