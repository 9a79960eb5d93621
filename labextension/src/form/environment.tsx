import * as React from 'react';

import { IPartProps } from './basics';
import { originOf, Shown } from './fields';

/** Packages named in the notice; more are counted. */
const NAMED = 8;
/** Characters of a fingerprint that tell environments apart. */
const SHORT = 12;

/** What the command runs in, and what of it will be gone. */
export function Environment(props: IPartProps): JSX.Element {
  const { workspace, trans } = props;
  const { environment } = workspace;
  return (
    <Shown
      label={trans.__('Environment')}
      value={trans.__(
        '%1, fingerprint %2',
        environment.display,
        environment.fingerprint.slice(0, SHORT)
      )}
      origin={originOf(environment, trans)}
      trans={trans}
    >
      <Drift {...props} />
    </Shown>
  );
}

/** Packages that vanish with the container, and the line that brings them back. */
function Drift(props: IPartProps): JSX.Element | null {
  const { draft, set, workspace, trans } = props;
  const notice = React.useRef<HTMLDivElement>(null);
  const drift = workspace.environment.drift;
  if (!drift || drift.packages.length === 0) {
    return null;
  }
  const { packages, install } = drift;
  const named = packages
    .slice(0, NAMED)
    .map(({ name, version }) => `${name} ${version}`);
  if (packages.length > NAMED) {
    named.push(trans.__('%1 more', packages.length - NAMED));
  }
  const isThere =
    install !== '' && draft.start_script.split('\n').includes(install);
  const add = () => {
    const text = withLine(draft.start_script, install);
    const script = notice.current
      ?.closest('form')
      ?.querySelector<HTMLTextAreaElement>(
        '[data-field="spec.start_script"] textarea'
      );
    script?.closest('details')?.setAttribute('open', '');
    if (!script || !typed(script, text)) {
      set({ start_script: text });
    }
  };
  return (
    <div className="jp-Deploy-notice jp-mod-warning" ref={notice}>
      <p>
        {trans._n(
          '%1 package was installed since this container started and vanishes with it: %2',
          '%1 packages were installed since this container started and vanish with it: %2',
          packages.length,
          named.join(', ')
        )}
      </p>
      {isThere && (
        <p role="status">{trans.__('The start script installs them.')}</p>
      )}
      {!isThere && install && (
        <button
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          title={install}
          onClick={add}
        >
          {trans.__('Add to the start script')}
        </button>
      )}
    </div>
  );
}

/** A script with a line more at its end. */
export function withLine(script: string, line: string): string {
  return script.replace(/\n*$/, script.trim() ? '\n' : '') + line + '\n';
}

/** Types `text` in place of what is in `area`, so that it can be undone; whether it could. */
function typed(area: HTMLTextAreaElement, text: string): boolean {
  area.scrollIntoView({ block: 'center' });
  area.focus();
  area.select();
  // Deprecated, and the one way into the history of what was typed.
  return document.execCommand('insertText', false, text);
}
