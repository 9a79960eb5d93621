import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Problem } from '../../form/fields';
import { describe } from '../../http';
import { IFrameworks } from '../../tokens';
import { DeploymentService } from '../service';
import { Framework, frameworkOf, isFilled } from './filling';

export interface IServingProps {
  command: string;
  /** Of the project; undefined: none is known. */
  file?: string;
  service: DeploymentService;
  trans: TranslationBundle;
  onFill(command: string): void;
}

/** A framework that was chosen where the command was edited. */
interface IOffer {
  framework: Framework;
  /** The text that its command was put in place of; null as long as it was not. */
  replaced: string | null;
}

/** How it is served, to be chosen from: that fills in the command, and offers to where the
 * command was edited. */
export function Serving(props: IServingProps): JSX.Element {
  const { command, file, service, trans, onFill } = props;
  const { found, problem } = useFrameworks(service, file, trans);
  const [chosen, setChosen] = React.useState<string | null>(null);
  const [offer, setOffer] = React.useState<IOffer | null>(null);
  const fill = (framework: Framework) => {
    setChosen(framework.id);
    onFill(framework.command);
  };
  const choose = (framework: Framework) => {
    if (isFilled(command, found!.frameworks)) {
      setOffer(null);
      fill(framework);
    } else {
      setOffer({ framework, replaced: null });
    }
  };
  return (
    <fieldset className="jp-Deploy-source">
      <legend>{trans.__('How it is served')}</legend>
      {found && (
        <Choices
          {...props}
          found={found}
          checked={
            offer?.replaced === null
              ? offer.framework.id
              : frameworkOf(command, found, chosen)
          }
          onChoose={choose}
        />
      )}
      {problem !== null && <Problem>{problem}</Problem>}
      <div role="status">
        {offer && (
          <Offer
            offer={offer}
            command={command}
            trans={trans}
            onReplace={() => {
              fill(offer.framework);
              setOffer({ ...offer, replaced: command });
            }}
            onUndo={text => {
              onFill(text);
              setOffer({ ...offer, replaced: null });
            }}
            onKeep={() => setOffer(null)}
          />
        )}
      </div>
    </fieldset>
  );
}

function Choices(
  props: IServingProps & {
    found: IFrameworks;
    checked: string | null;
    onChoose(framework: Framework): void;
  }
): JSX.Element {
  const { found, checked, file, trans, onChoose } = props;
  const name = React.useId();
  const [isOpen, setOpen] = React.useState(false);
  const isMore = ({ id, first }: Framework) =>
    !first && (id === checked || id === found.recognised);
  const isForced = found.frameworks.some(isMore);
  const shown = found.frameworks.filter(
    each => each.first || isOpen || isForced
  );
  const label = found.frameworks.find(
    ({ id }) => id === found.recognised
  )?.label;
  return (
    <>
      <div className="jp-Deploy-choices">
        {shown.map(framework => (
          <label key={framework.id}>
            <input
              type="radio"
              name={name}
              value={framework.id}
              checked={framework.id === checked}
              aria-describedby={`${name}-hint`}
              onChange={() => onChoose(framework)}
            />
            {framework.label}
          </label>
        ))}
        {!isForced && (
          <button
            type="button"
            className="jp-Deploy-small jp-mod-styled"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? trans.__('Fewer') : trans.__('More…')}
          </button>
        )}
      </div>
      <p id={`${name}-hint`} className="jp-Deploy-hint">
        {!file
          ? trans.__(
              'fills in the command; put the name of your file where it names one'
            )
          : label
            ? trans.__('fills in the command; %1 looks like %2', file, label)
            : trans.__('fills in the command that serves %1', file)}
      </p>
    </>
  );
}

/** What was typed is never replaced unasked, nor for good. */
function Offer(props: {
  offer: IOffer;
  command: string;
  trans: TranslationBundle;
  onReplace(): void;
  onUndo(text: string): void;
  onKeep(): void;
}): JSX.Element | null {
  const { offer, command, trans, onReplace, onUndo, onKeep } = props;
  const { framework, replaced } = offer;
  const isReplaced = replaced !== null;
  if (isReplaced && command !== framework.command) {
    return null;
  }
  return (
    <div className="jp-Deploy-notice">
      <p>
        {isReplaced
          ? trans.__('The command is that of %1 now.', framework.label)
          : trans.__(
              'The command was edited, so it stays. That of %1 would be:',
              framework.label
            )}
      </p>
      {!isReplaced && <pre>{framework.command}</pre>}
      <div className="jp-Deploy-pairs-bar">
        <button
          key="do"
          type="button"
          className="jp-Deploy-small jp-mod-styled"
          onClick={() => (isReplaced ? onUndo(replaced) : onReplace())}
        >
          {isReplaced ? trans.__('Undo') : trans.__('Replace the command')}
        </button>
        {!isReplaced && (
          <button
            type="button"
            className="jp-Deploy-small jp-mod-styled"
            onClick={onKeep}
          >
            {trans.__('Keep mine')}
          </button>
        )}
      </div>
    </div>
  );
}

/** The commands that serve a file, once the server has told them. */
function useFrameworks(
  service: DeploymentService,
  file: string | undefined,
  trans: TranslationBundle
): { found: IFrameworks | null; problem: string | null } {
  const [found, setFound] = React.useState<IFrameworks | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  React.useEffect(() => {
    service
      .frameworks(file)
      // The form of a file that is gone still has commands to begin with.
      .catch(error => {
        setProblem(describe(error, trans));
        return service.frameworks();
      })
      .then(setFound, error => setProblem(describe(error, trans)));
  }, []);
  return { found, problem };
}
