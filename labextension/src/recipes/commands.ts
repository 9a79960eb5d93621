import { ICommandOptions } from '../commands';
import { FILES_MEANT, filesMeant, saveOpen } from '../documents';
import { projectPath } from '../files';
import { recipesIcon } from '../icons';
import { CommandIDs } from '../tokens';
import { isRecipeFile } from './files';
import { RecipeFilesModel } from './model';
import { RecipesService } from './service';
import { RecipesTab } from './tab';

/** The commands on files of recipes, and the places that offer them (the context menu is in the
 * schema). */
export function addRecipeCommands(options: ICommandOptions): void {
  const { app, actions, documents, palette } = options;
  const { trans } = actions;
  const open = opener(options);

  app.commands.addCommand(CommandIDs.showRecipes, {
    label: trans.__('Apply Recipes…'),
    caption: trans.__(
      'Make the jobs and deployments that files of this project describe'
    ),
    icon: args => (args.isPalette ? undefined : recipesIcon),
    execute: () => void open()
  });
  app.commands.addCommand(CommandIDs.applyFile, {
    label: trans.__('Apply Recipes…'),
    caption: trans.__('Show what applying this file would do'),
    icon: recipesIcon,
    describedBy: FILES_MEANT,
    isVisible: args => {
      const paths = filesMeant(options, args);
      return paths.length === 1 && isRecipeFile(paths[0]);
    },
    execute: async args => {
      const [path] = filesMeant(options, args);
      if (path !== undefined && (await saveOpen(documents, path))) {
        await open().model.ask(path);
      }
    }
  });
  palette?.addItem({
    command: CommandIDs.showRecipes,
    category: trans.__('Jobs and Deployments'),
    args: { isPalette: true }
  });
}

/** Shows the tab of files of recipes. */
function opener({ app, actions, deployments, tabs }: ICommandOptions) {
  const { serverSettings, contents } = app.serviceManager;
  return tabs.only(
    'saturn-deploy-recipe-files',
    CommandIDs.showRecipes,
    () =>
      new RecipesTab(
        new RecipeFilesModel({
          service: new RecipesService(serverSettings),
          contents,
          trans: actions.trans,
          inProject: async path =>
            projectPath(path, await actions.service.workspace()),
          onApplied: () => {
            void actions.model.refresh();
            void deployments.model.refresh();
          }
        }),
        tabs
      )
  );
}
