import { FilterBox, HTMLSelect } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { pinIcon } from '../icons';
import { dayOf, dayWords, IFilters, namedDays, Outcome, When } from './filters';
import { RunsModel } from './model';

/** Which runs to show, and how many these are. */
export function FilterBar(props: {
  model: RunsModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const { filters, isOfJob } = model;
  const change = (some: Partial<IFilters>) => {
    model.filters = { ...model.filters, ...some };
  };
  return (
    <div
      className="jp-Deploy-filters"
      role="group"
      aria-label={trans.__('Which runs to show')}
    >
      {!isOfJob && <Jobs model={model} trans={trans} change={change} />}
      <div
        className="jp-Deploy-chips"
        role="group"
        aria-label={trans.__('Outcome')}
      >
        {outcomes(trans).map(([state, word]) => (
          <button
            key={state}
            className="jp-Deploy-chip"
            aria-pressed={filters.state === state}
            onClick={() => change({ state })}
          >
            {word}
          </button>
        ))}
      </div>
      <Days filters={filters} trans={trans} change={change} />
      <button
        className="jp-Deploy-chip"
        aria-pressed={filters.pinned}
        onClick={() => change({ pinned: !filters.pinned })}
      >
        <pinIcon.react tag="span" />
        {trans.__('Pinned')}
      </button>
      <span className="jp-Deploy-total" role="status">
        {countWords(model, trans)}
      </span>
    </div>
  );
}

function outcomes(trans: TranslationBundle): [Outcome, string][] {
  return [
    ['all', trans.__('All')],
    ['active', trans.__('Active')],
    ['completed', trans.__('Completed')],
    ['error', trans.__('Failed')],
    ['stopped', trans.__('Stopped')]
  ];
}

/** "1,204 of 10,000 runs". */
function countWords(model: RunsModel, trans: TranslationBundle): string {
  if (!model.isReady) {
    return trans.__('Loading…');
  }
  const all = model.unfiltered;
  return model.isFiltered || model.total < all
    ? trans._n(
        '%2 of %3 run',
        '%2 of %3 runs',
        all,
        model.total.toLocaleString(),
        all.toLocaleString()
      )
    : trans._n('%2 run', '%2 runs', all, all.toLocaleString());
}

interface IPartProps {
  trans: TranslationBundle;
  change(some: Partial<IFilters>): void;
}

/** Runs of which jobs. */
function Jobs(props: IPartProps & { model: RunsModel }): JSX.Element {
  const { model, trans } = props;
  const change = React.useRef(props.change);
  change.current = props.change;
  const update = React.useCallback(
    (_: unknown, query?: string) => change.current({ contains: query ?? '' }),
    []
  );
  const box = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    // It has a placeholder, and no name.
    box.current?.setAttribute('aria-label', trans.__('Filter by job'));
  }, []);
  return (
    <>
      <FilterBox
        inputRef={box}
        placeholder={trans.__('Job')}
        initialQuery={model.filters.contains}
        updateFilter={update}
      />
      <HTMLSelect
        aria-label={trans.__('Runs of which jobs to show')}
        title={model.jobs.workspace?.project.value}
        value={model.filters.allProjects ? 'all' : 'this'}
        onChange={event =>
          props.change({ allProjects: event.target.value === 'all' })
        }
      >
        <option value="this">{trans.__('This project')}</option>
        <option value="all">{trans.__('All projects')}</option>
      </HTMLSelect>
    </>
  );
}

/** Runs of which days. The last ones can be chosen by name. */
function Days(props: IPartProps & { filters: IFilters }): JSX.Element {
  const { filters, trans, change } = props;
  const { when, from, to } = filters;
  const days = namedDays(Date.now());
  if (when === 'day' && !days.includes(from)) {
    days.push(from);
  }
  const choose = (value: string) => {
    const isDay = days.includes(value);
    change({
      when: isDay ? 'day' : (value as When),
      from: isDay ? value : value === 'range' ? dayOf(Date.now()) : '',
      to: ''
    });
  };
  const input = (name: 'from' | 'to', label: string) => (
    <input
      type="date"
      className="jp-mod-styled"
      aria-label={label}
      title={label}
      value={filters[name]}
      min={name === 'to' ? from : undefined}
      max={name === 'from' ? to : undefined}
      onChange={event => change({ [name]: event.target.value })}
    />
  );
  return (
    <>
      <HTMLSelect
        aria-label={trans.__('Time')}
        value={when === 'day' ? from : when}
        onChange={event => choose(event.target.value)}
      >
        <option value="any">{trans.__('Any time')}</option>
        <option value="today">{trans.__('Today')}</option>
        <option value="yesterday">{trans.__('Yesterday')}</option>
        {days.map(day => (
          <option key={day} value={day}>
            {dayWords(day)}
          </option>
        ))}
        <option value="week">{trans.__('Last 7 days')}</option>
        <option value="month">{trans.__('Last 30 days')}</option>
        <option value="range">{trans.__('From … to …')}</option>
      </HTMLSelect>
      {when === 'range' && (
        <span className="jp-Deploy-range">
          {input('from', trans.__('First day'))}
          {'–'}
          {input('to', trans.__('Last day'))}
        </span>
      )}
    </>
  );
}
