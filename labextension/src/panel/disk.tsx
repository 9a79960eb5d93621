import * as React from 'react';

import { bytesWords } from '../bytes';
import { IRunEvent } from '../events';
import { JobsModel } from '../model';
import { isActive } from '../states';
import { IDisk } from '../tokens';

/** Milliseconds between two looks: it is measured for all runs. */
const RARELY = 5 * 60_000;
/** Milliseconds after a run's end. */
const SOON = 2000;
/** Bytes below which a run may end for want of them. */
const LITTLE = 1024 ** 3;

/** What all runs, of deployments too, take of the disk, and what is left of it. */
export function Disk(props: { model: JobsModel }): JSX.Element | null {
  const { service, events, trans } = props.model;
  const [disk, setDisk] = React.useState<IDisk | null>(null);
  React.useEffect(() => {
    // An outage is told of elsewhere.
    const look = () => service.disk().then(setDisk, () => undefined);
    const timer = setInterval(look, RARELY);
    // A run says what it takes when it has ended; of many that end together once.
    let soon: ReturnType<typeof setTimeout> | undefined;
    const onRun = (_: unknown, event: IRunEvent) => {
      if (!isActive(event.state)) {
        clearTimeout(soon);
        soon = setTimeout(look, SOON);
      }
    };
    void look();
    events.runChanged.connect(onRun);
    return () => {
      clearInterval(timer);
      clearTimeout(soon);
      events.runChanged.disconnect(onRun);
    };
  }, [service, events]);
  if (!disk) {
    return null;
  }
  const { used, free, runs, snapshots } = disk;
  const details = [
    trans._n('%2 run', '%2 runs', runs, runs.toLocaleString()),
    trans._n(
      '%1 frozen copy: %2',
      '%1 frozen copies: %2',
      snapshots.count,
      bytesWords(snapshots.bytes, trans)
    )
  ];
  const isLittle = free < LITTLE;
  return (
    <footer
      className={`jp-Deploy-disk${isLittle ? ' jp-mod-warning' : ''}`}
      title={details.join('\n')}
    >
      {isLittle
        ? trans.__(
            'Only %1 free on the disk: delete runs or other files. Runs use %2.',
            bytesWords(free, trans),
            bytesWords(used, trans)
          )
        : trans.__(
            'Runs use %1 · %2 free',
            bytesWords(used, trans),
            bytesWords(free, trans)
          )}
    </footer>
  );
}
