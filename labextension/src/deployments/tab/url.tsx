import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IconButton } from '../../button';

/** Milliseconds for which it says that it was copied. */
const SAID = 3000;

/** Where the app is: opens in a tab of the browser's. */
export function AppUrl(props: {
  url: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { url, trans } = props;
  const [copied, setCopied] = React.useState(0);
  React.useEffect(() => {
    const timer = setTimeout(() => setCopied(0), SAID);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="jp-Deploy-url">
      <a
        href={url}
        target="_blank"
        rel="noopener"
        title={trans.__('%1\nOpens in a new tab', url)}
      >
        {url}
      </a>
      <IconButton
        icon={copyIcon}
        label={trans.__('Copy the URL')}
        onClick={() => {
          Clipboard.copyToSystem(url);
          setCopied(copied + 1);
        }}
      />
      <span role="status">{copied > 0 && trans.__('Copied.')}</span>
    </div>
  );
}
