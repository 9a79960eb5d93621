import { LabIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ServiceState, stateWord } from './states';
import { RunState } from './tokens';

const svg = (body: string, size = 16) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 ${size} ${size}">${body}</svg>`;

/** A planet with its ring, as a thing that goes round by itself. */
export const jobsIcon = new LabIcon({
  name: 'saturn-deploy:jobs',
  svgstr: svg(
    '<g class="jp-icon3" fill="#616161">' +
      '<circle cx="12" cy="12" r="5.2"/>' +
      '<path fill-rule="evenodd" d="M17.6 5.6c2.5-.9 4.5-1 5.2.1 1.2 2-2.7 6.2-8.6 9.6' +
      'S2.4 20 1.2 18c-.7-1.2.4-3 2.6-5l1 1.2c-1.5 1.4-2.3 2.5-2 3 .6 1.1 5-.2 10.4-3.3' +
      's8.8-6.2 8.2-7.3c-.3-.5-1.6-.5-3.4 0z"/></g>',
    24
  )
});

/** A window on legs of its own: an app that is always there. */
export const deploymentsIcon = new LabIcon({
  name: 'saturn-deploy:deployments',
  svgstr: svg(
    '<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M3 3.5h18A1.5 1.5 0 0 1 22.5 5v11' +
      'a1.5 1.5 0 0 1-1.5 1.5h-7.2v2H17V21H7v-1.5h3.2v-2H3A1.5 1.5 0 0 1 1.5 16V5A1.5 1.5 0 0 1 3 3.5z' +
      'm.2 4.8v7.5h17.6V8.3zM4.5 5.4a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8zm2.8 0a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z"/>',
    24
  )
});

/** An arrow out of a box: opens in a tab of the browser's. */
export const openIcon = new LabIcon({
  name: 'saturn-deploy:open',
  svgstr: svg(
    '<path class="jp-icon3" fill="#616161" d="M9 2h5v5h-1.5V4.6L7.5 9.6 6.4 8.5l5-5H9zM3 3.5h4V5H3.5v7.5H11V9h1.5v4' +
      'a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V4.5a1 1 0 0 1 1-1z"/>'
  )
});

/** A pin, for what is kept. */
export const pinIcon = new LabIcon({
  name: 'saturn-deploy:pin',
  svgstr: svg(
    '<path class="jp-icon3" fill="#616161" d="M10 1.5l4.5 4.5-1 1-.9-.2-2.8 2.8.2 2.7' +
      '-1 1-3-3L2.6 13.8l-.9.5.5-.9 3.5-3.4-3-3 1-1 2.7.2 2.8-2.8-.2-.9z"/>'
  )
});

/** Lines under each other, for all runs. */
export const runsIcon = new LabIcon({
  name: 'saturn-deploy:runs',
  svgstr: svg(
    '<g class="jp-icon3" fill="#616161"><path d="M6 3h9v1.5H6zM6 7.25h9v1.5H6zM6 11.5h9V13H6z"/>' +
      '<circle cx="2.6" cy="3.75" r="1.4"/><circle cx="2.6" cy="8" r="1.4"/>' +
      '<circle cx="2.6" cy="12.25" r="1.4"/></g>'
  )
});

/** A key, for tokens. */
export const keyIcon = new LabIcon({
  name: 'saturn-deploy:key',
  svgstr: svg(
    '<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M4.8 4.4a3.6 3.6 0 0 1 3.4 2.5H15v2.4' +
      'h-1.6v2H11v-2H8.2a3.6 3.6 0 1 1-3.4-4.9zm0 2.3a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6z"/>'
  )
});

/** A page with lines and a mark that they are done, for files of recipes. */
export const recipesIcon = new LabIcon({
  name: 'saturn-deploy:recipes',
  svgstr: svg(
    '<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M3.5 1h6L13 4.5V8h-1.4V5.4H8.7V2.4H4.4v11.2H8' +
      'V15H3.5A.9.9 0 0 1 3 14.1V1.9c0-.5.1-.9.5-.9zM5.6 6.9h4.6v1.2H5.6zm0 2.6h3.2v1.2H5.6zm8.3.2 1 1-4 4-2.2-2.2' +
      ' 1-1 1.2 1.2z"/>'
  )
});

const clock =
  '<path fill-rule="evenodd" d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zm0 1.5a4.7 4.7 0 1 1 0 9.4' +
  ' 4.7 4.7 0 0 1 0-9.4zM7.3 4.6v3.8l2.6 1.6.7-1.2-1.9-1.2v-3z"/>';

/** A clock, for a schedule. */
export const scheduleIcon = new LabIcon({
  name: 'saturn-deploy:schedule',
  svgstr: svg(`<g class="jp-icon3" fill="#616161">${clock}</g>`)
});

/** A clock that is struck out, to switch a schedule off. */
export const unscheduleIcon = new LabIcon({
  name: 'saturn-deploy:unschedule',
  svgstr: svg(
    `<g class="jp-icon3" fill="#616161">${clock}<path d="M1.6 2.6l1-1 11.8 11.8-1 1z"/></g>`
  )
});

const line =
  'fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"';

/** Each state has a shape of its own: colour alone would leave some people out. */
const SHAPES: { [state in RunState | ServiceState]: string } = {
  queued: `<g ${line}><circle cx="8" cy="8" r="5.6"/><path d="M8 4.8V8l2.2 1.4"/></g>`,
  starting: `<circle cx="8" cy="8" r="5.6" ${line} stroke-dasharray="2.6 3.26"/>`,
  running: '<circle cx="8" cy="8" r="5.6" fill="currentColor"/>',
  rolling: `<circle cx="8" cy="8" r="5.6" ${line}/><path fill="currentColor" d="M8 2.4a5.6 5.6 0 0 1 0 11.2z"/>`,
  failing: `<g ${line}><path d="M8 1.9l6.4 11.4H1.6z"/><path d="M8 6v3.2M8 11.4v.1"/></g>`,
  retrying: `<g ${line}><path d="M13 8a5 5 0 1 1-1.6-3.7"/><path d="M13.2 2.2v2.9h-2.9"/></g>`,
  stopping: `<rect x="3" y="3" width="10" height="10" rx="1" ${line} stroke-dasharray="2.5 2"/>`,
  completed: `<path d="M3 8.6l3.4 3.4L13 4.6" ${line}/>`,
  error: `<path d="M4 4l8 8M12 4l-8 8" ${line}/>`,
  stopped: `<rect x="3.5" y="3.5" width="9" height="9" rx="1" ${line}/>`
};

const stateIcons = Object.fromEntries(
  Object.entries(SHAPES).map(([state, shape]) => [
    state,
    new LabIcon({ name: `saturn-deploy:${state}`, svgstr: svg(shape) })
  ])
) as { [state in RunState | ServiceState]: LabIcon };

/** The state of a run or a deployment: shape, colour, and the word for those who listen, unless it stands
 * beside it (`trans` is null). */
export function StateIcon(props: {
  state: RunState | ServiceState;
  trans: TranslationBundle | null;
}): JSX.Element {
  const { state, trans } = props;
  const Icon = stateIcons[state].react;
  if (!trans) {
    return (
      <span className={`jp-Deploy-state jp-mod-${state}`} aria-hidden>
        <Icon tag={null} />
      </span>
    );
  }
  const word = stateWord(state, trans);
  return (
    <span
      className={`jp-Deploy-state jp-mod-${state}`}
      role="img"
      aria-label={word}
      title={word}
    >
      <Icon tag={null} />
    </span>
  );
}
