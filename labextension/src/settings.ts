import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ISignal, Signal } from '@lumino/signaling';

import { PLUGIN_ID } from './tokens';

/** The user's choices; defaults are those of `schema/plugin.json`. */
export class Settings {
  constructor(registry: ISettingRegistry | null) {
    registry?.load(PLUGIN_ID).then(
      settings => {
        const read = () => {
          this._notifyOnFailure = settings.composite.notifyOnFailure as boolean;
          this._logWrap = settings.composite.logWrap as boolean;
          this._logTimestamps = settings.composite.logTimestamps as boolean;
          this._changed.emit();
        };
        this._settings = settings;
        settings.changed.connect(read);
        read();
      },
      reason => {
        // The defaults serve as well.
        console.warn(`Settings of ${PLUGIN_ID} can't be read.`, reason);
      }
    );
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get notifyOnFailure(): boolean {
    return this._notifyOnFailure;
  }

  get logWrap(): boolean {
    return this._logWrap;
  }

  set logWrap(value: boolean) {
    this._logWrap = value;
    this._store('logWrap', value);
  }

  get logTimestamps(): boolean {
    return this._logTimestamps;
  }

  set logTimestamps(value: boolean) {
    this._logTimestamps = value;
    this._store('logTimestamps', value);
  }

  private _store(key: string, value: boolean): void {
    this._changed.emit();
    void this._settings?.set(key, value);
  }

  private _changed = new Signal<this, void>(this);
  private _logTimestamps = false;
  private _logWrap = true;
  private _notifyOnFailure = true;
  private _settings: ISettingRegistry.ISettings | null = null;
}
