import { describe } from '../model';
import { ILogMatches } from '../service';
import { VDomModel } from '@jupyterlab/ui-components';
import { LogModel } from './model';

/** A search in the whole log, by the server; the view shows one match after another. */
export class LogSearch extends VDomModel {
  constructor(private _log: LogModel) {
    super();
  }

  get text(): string {
    return this._text;
  }

  get result(): ILogMatches | null {
    return this._result;
  }

  get problem(): string | null {
    return this._problem;
  }

  /** Position of the match in sight, from 0; -1 before the first. */
  get current(): number {
    return this._current;
  }

  /** Byte at which the line in sight begins, or null. */
  get currentOffset(): number | null {
    return this._result?.matches[this._current]?.offset ?? null;
  }

  /** Searches for another text; the match nearest to the end comes first. */
  async find(text: string): Promise<void> {
    this._text = text;
    this._current = -1;
    this._result = null;
    this._problem = null;
    this.stateChanged.emit();
    if (text) {
      await this._ask();
    }
  }

  /** Goes to the next (1) or previous (-1) match, around the ends. */
  async step(by: 1 | -1): Promise<void> {
    if (!this._text) {
      return;
    }
    if (!this._result || this._log.buffer.end > this._searchedEnd) {
      // The log has grown: there may be more.
      await this._ask();
    }
    const count = this._result?.matches.length ?? 0;
    if (!count) {
      return;
    }
    this._current =
      this._current < 0
        ? by > 0
          ? 0
          : count - 1
        : (this._current + by + count) % count;
    const { line, offset } = this._result!.matches[this._current];
    this.stateChanged.emit();
    await this._log.reveal(line, offset);
  }

  private async _ask(): Promise<void> {
    const { source, trans, buffer } = this._log;
    const text = this._text;
    if (!source) {
      return;
    }
    this._searchedEnd = buffer.end;
    try {
      const result = await source.search(text);
      if (text === this._text) {
        this._result = result;
      }
    } catch (error) {
      this._problem = describe(error, trans);
    }
    this.stateChanged.emit();
  }

  private _current = -1;
  private _problem: string | null = null;
  private _result: ILogMatches | null = null;
  private _searchedEnd = 0;
  private _text = '';
}
