// Two databases that point at each other. A relation names the other row by its key, which may come
// later, or from the other sync: it is filled in when that row is there.
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";

interface Project {
  id: string;
  name: string;
}

interface Task {
  id: string;
  name: string;
  done: boolean;
  project: string | null;
  assignee: string | null;
}

const worker = new Worker();
export default worker;

const projects = worker.database("projects", {
  type: "managed",
  initialTitle: "Projects",
  primaryKeyProperty: "Project ID",
  schema: {
    databaseIcon: Builder.emojiIcon("📁"),
    properties: { Name: Schema.title(), "Project ID": Schema.richText() },
  },
});

const tasks = worker.database("tasks", {
  type: "managed",
  initialTitle: "Tasks",
  primaryKeyProperty: "Task ID",
  schema: {
    properties: {
      Name: Schema.title(),
      "Task ID": Schema.richText(),
      State: Schema.status({
        groups: [
          { name: "To-do", options: [{ name: "Open" }] },
          { name: "Complete", options: [{ name: "Done", color: "green" }] },
        ],
      }),
      Assignee: Schema.people(),
      Project: Schema.relation("projects", { twoWay: true, relatedPropertyName: "Tasks" }),
    },
  },
});

worker.sync("tasksSync", {
  database: tasks,
  mode: "replace",
  schedule: "15m",
  execute: async () => ({
    changes: (await read<Task>("tasks")).map((task) => ({
      type: "upsert" as const,
      key: task.id,
      properties: {
        Name: Builder.title(task.name),
        "Task ID": Builder.richText(task.id),
        State: Builder.status(task.done ? "Done" : "Open"),
        Assignee: task.assignee === null ? [] : Builder.people(task.assignee),
        Project: task.project === null ? [] : [Builder.relation(task.project)],
      },
    })),
    hasMore: false,
  }),
});

worker.sync("projectsSync", {
  database: projects,
  mode: "replace",
  schedule: "15m",
  execute: async () => ({
    changes: (await read<Project>("projects")).map((project) => ({
      type: "upsert" as const,
      key: project.id,
      properties: {
        Name: Builder.title(project.name),
        "Project ID": Builder.richText(project.id),
      },
    })),
    hasMore: false,
  }),
});

async function read<T>(list: string): Promise<T[]> {
  const answer = await fetch(`${process.env.PLANNER_URL}/${list}`);
  if (!answer.ok) throw new Error(`The planner answered ${answer.status} for ${list}.`);
  return (await answer.json()) as T[];
}
