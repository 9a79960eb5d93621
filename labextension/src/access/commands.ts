import { ICommandOptions } from '../commands';
import { keyIcon } from '../icons';
import { CommandIDs } from '../tokens';
import { AccessModel } from './model';
import { AccessService } from './service';
import { AccessTab } from './tab';

/** The command that shows the tokens. */
export function addAccessCommand(options: ICommandOptions): void {
  const { app, actions, tabs, palette } = options;
  const { trans } = actions;
  const open = tabs.only(
    'saturn-deploy-access-tokens',
    CommandIDs.showTokens,
    () =>
      new AccessTab(
        new AccessModel(
          new AccessService(app.serviceManager.serverSettings),
          actions
        )
      )
  );
  app.commands.addCommand(CommandIDs.showTokens, {
    label: trans.__('Access Tokens…'),
    caption: trans.__('Let terminals, scripts and clients elsewhere in'),
    icon: args => (args.isPalette ? undefined : keyIcon),
    execute: () => void open()
  });
  palette?.addItem({
    command: CommandIDs.showTokens,
    category: trans.__('Jobs and Deployments'),
    args: { isPalette: true }
  });
}
