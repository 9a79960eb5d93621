import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IconButton } from '../button';
import { LogModel } from './model';
import { LogSearch } from './search';

/** Milliseconds without a key before the server searches. */
const TYPING = 300;

/** What to look for, how often it is there, and the way from one to the next. */
export function SearchBox(props: {
  search: LogSearch;
  log: LogModel;
  box: React.RefObject<HTMLInputElement>;
  /** Goes back to the log. */
  leave: () => void;
}): JSX.Element {
  const { search, box } = props;
  const { trans } = props.log;
  const [text, setText] = React.useState('');
  const timer = React.useRef<number>();
  React.useEffect(() => setText(search.text), [search.text]);

  const onChange = (event: React.ChangeEvent<HTMLInputElement>) => {
    const { value } = event.target;
    setText(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void search.find(value), TYPING);
  };
  const onKeyDown = async (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      clearTimeout(timer.current);
      const by = event.shiftKey ? -1 : 1;
      if (text !== search.text) {
        await search.find(text);
      }
      await search.step(by);
    } else if (event.key === 'Escape') {
      clearTimeout(timer.current);
      setText('');
      await search.find('');
      props.leave();
    }
  };

  return (
    <span className="jp-Deploy-search" role="search">
      <input
        ref={box}
        className="jp-mod-styled"
        type="text"
        placeholder={trans.__('Search the log')}
        aria-label={trans.__('Search the log')}
        value={text}
        onChange={onChange}
        onKeyDown={event => void onKeyDown(event)}
      />
      <span className="jp-Deploy-count" role="status">
        <Count search={search} log={props.log} />
      </span>
      <IconButton
        icon={caretUpIcon}
        label={trans.__('Previous match')}
        onClick={() => void search.step(-1)}
      />
      <IconButton
        icon={caretDownIcon}
        label={trans.__('Next match')}
        onClick={() => void search.step(1)}
      />
    </span>
  );
}

function Count(props: { search: LogSearch; log: LogModel }): JSX.Element {
  const { result, problem, current } = props.search;
  const { trans } = props.log;
  if (problem) {
    return <>{problem}</>;
  }
  if (!result) {
    return <></>;
  }
  if (!result.count) {
    return <>{trans.__('nothing found')}</>;
  }
  const count = result.count.toLocaleString();
  return (
    <>
      {current < 0
        ? trans._n('%1 line', '%1 lines', result.count)
        : trans.__('%1 of %2', current + 1, count)}
    </>
  );
}
