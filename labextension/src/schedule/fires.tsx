import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useNow } from '../hooks';
import { ahead, dayTime, exact, wallTime } from '../time';
import { IFire } from '../tokens';
import { viewerZone } from './zones';

/** When a schedule is due next: on its own clock, and on the viewer's where that shows another
 * time. */
export function Fires(props: {
  fires: readonly IFire[];
  timeZone: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { fires, timeZone, trans } = props;
  const now = useNow(10_000);
  const differs = fires.some(({ at, wall }) => dayTime(at) !== wallTime(wall));
  return (
    <table className="jp-Deploy-fires">
      <caption className="jp-Deploy-spoken">{trans.__('Next runs')}</caption>
      <thead className={differs ? undefined : 'jp-Deploy-spoken'}>
        <tr>
          <th scope="col">{timeZone}</th>
          {differs && (
            <th scope="col">{trans.__('your clock (%1)', viewerZone())}</th>
          )}
          <th scope="col">
            <span className="jp-Deploy-spoken">{trans.__('How far off')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {fires.map(({ at, wall, note }) => (
          <React.Fragment key={at}>
            <tr>
              <td>
                <time dateTime={at} title={exact(at)}>
                  {wallTime(wall)}
                </time>
              </td>
              {differs && <td>{dayTime(at)}</td>}
              <td>{ahead(at, now, trans)}</td>
            </tr>
            {note !== null && (
              <tr className="jp-mod-note">
                <td colSpan={differs ? 3 : 2}>{note}</td>
              </tr>
            )}
          </React.Fragment>
        ))}
      </tbody>
    </table>
  );
}
