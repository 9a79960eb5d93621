import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { bytesWords } from '../bytes';
import { IPreview } from '../tokens';

/** What of the project goes into a snapshot, what stays behind, and what forbids it. */
export function Preview(props: {
  preview: IPreview;
  trans: TranslationBundle;
}): JSX.Element {
  const { trans } = props;
  const { largest, left_out, left_out_count, problems } = props.preview;
  return (
    <>
      {problems.length > 0 && (
        <div className="jp-Deploy-notice jp-mod-error" role="alert">
          <p>{trans.__('The project can’t be frozen as it is:')}</p>
          <ul className="jp-Deploy-entries">
            {problems.map(({ path, message, fix }) => (
              <li key={path + message}>
                {path && <code>{path}</code>} {message}
                {fix && ` – ${fix}`}
              </li>
            ))}
          </ul>
        </div>
      )}
      {largest.length > 0 && (
        <details className="jp-Deploy-list-details">
          <summary>{trans.__('The largest files')}</summary>
          <ul className="jp-Deploy-entries">
            {largest.map(({ path, bytes }) => (
              <li key={path}>
                <code>{path}</code> <span>{bytesWords(bytes, trans)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {left_out_count > 0 && (
        <details className="jp-Deploy-list-details">
          <summary>
            {trans._n(
              '%1 entry stays behind',
              '%1 entries stay behind',
              left_out_count
            )}
          </summary>
          <ul className="jp-Deploy-entries">
            {left_out.map(({ path, reason }) => (
              <li key={path}>
                <code>{path}</code> <span>{reason}</span>
              </li>
            ))}
            {left_out_count > left_out.length && (
              <li>
                {trans.__('… and %1 more', left_out_count - left_out.length)}
              </li>
            )}
          </ul>
        </details>
      )}
    </>
  );
}
