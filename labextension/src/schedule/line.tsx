import * as React from 'react';

import { IStanding } from './words';

/** A job's schedule in a line: when it is due, next time in sight however narrow it is. */
export function ScheduleLine(props: {
  standing: IStanding;
  className: string;
}): JSX.Element {
  const { kind, words, next, title } = props.standing;
  const isLong = kind === 'late' || kind === 'waiting';
  return (
    <div
      className={`${props.className} jp-Deploy-standing jp-mod-${kind}`}
      title={title}
    >
      {!isLong && <span className="jp-Deploy-standing-words">{words}</span>}
      <span>{isLong ? next : ` · ${next}`}</span>
    </div>
  );
}
