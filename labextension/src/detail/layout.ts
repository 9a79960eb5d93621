import { ReactWidget } from '@jupyterlab/ui-components';
import { MessageLoop } from '@lumino/messaging';
import { Panel, SplitPanel, Widget } from '@lumino/widgets';

/** What stays in sight, and below it a part with the log under it; either of them may have the
 * room alone. */
export class DetailLayout extends Panel {
  constructor(top: JSX.Element, part: JSX.Element, log: JSX.Element) {
    super();
    this.addClass('jp-Deploy-tab');
    const head = ReactWidget.create(top);
    head.addClass('jp-Deploy-top');
    this._part = ReactWidget.create(part);
    this._logView = ReactWidget.create(log);
    this._split.addClass('jp-Deploy-split');
    this._split.addWidget(this._part);
    this._split.addWidget(this._logView);
    this._split.setRelativeSizes(this._sizes);
    this.addWidget(head);
    this.addWidget(this._split);
    // What is above grows and shrinks without a word.
    this._observer = new ResizeObserver(() =>
      MessageLoop.sendMessage(this._split, Widget.ResizeMessage.UnknownSize)
    );
    this._observer.observe(this._split.node);
  }

  get showsLog(): boolean {
    return !this._logView.isHidden;
  }

  dispose(): void {
    this._observer.disconnect();
    super.dispose();
  }

  /** Which of the two are shown; both again as high as they were. */
  protected showParts(what: { part: boolean; log: boolean }): void {
    const both = what.part && what.log;
    const were = !this._part.isHidden && !this._logView.isHidden;
    if (were && !both && this.isVisible) {
      this._sizes = this._split.relativeSizes();
    }
    this._part.setHidden(!what.part);
    this._logView.setHidden(!what.log);
    if (both && !were) {
      this._split.setRelativeSizes(this._sizes);
    }
  }

  private _logView: Widget;
  private _observer: ResizeObserver;
  private _part: Widget;
  private _sizes = [2, 3];
  private _split = new SplitPanel({ orientation: 'vertical', spacing: 4 });
}
