import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Milliseconds for which it says that it was copied. */
const SAID = 3000;

/** A button that puts text onto the clipboard, and says so. */
export function CopyButton(props: {
  /** null: there is nothing to copy yet. */
  text: string | null;
  label: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { text, label, trans } = props;
  const [copied, setCopied] = React.useState(0);
  React.useEffect(() => {
    const timer = setTimeout(() => setCopied(0), SAID);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <button
        type="button"
        className="jp-Deploy-small jp-Deploy-copy jp-mod-styled"
        disabled={text === null}
        onClick={() => {
          Clipboard.copyToSystem(text!);
          setCopied(copied + 1);
        }}
      >
        <copyIcon.react tag="span" />
        {label}
      </button>
      <span role="status">{copied > 0 && trans.__('Copied.')}</span>
    </>
  );
}
