import * as React from 'react';

/** Terms and what they are; those that are not known are left out. */
export function Facts(props: {
  facts: readonly [string, React.ReactNode][];
}): JSX.Element {
  return (
    <dl className="jp-Deploy-facts">
      {props.facts
        .filter(([, value]) => value !== null && value !== '')
        .map(([term, value]) => (
          <React.Fragment key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
    </dl>
  );
}
