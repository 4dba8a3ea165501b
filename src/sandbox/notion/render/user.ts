// Users as answers show them: whole, or partial where the token or the workspace hides the rest.
import type { JsonObject } from "../json.ts";
import type { User, World } from "../world.ts";

const uploadBytesMax = 5_242_880;

/** Only `{object, id}`: how pages and blocks name who made or changed them. */
export function partialUser(id: string): JsonObject {
  return { object: "user", id };
}

/**
 * A user inside a value: whole if the token may see users and the user is still a member. Bots are
 * without particulars there, the own one included (recorded, test_all_createable_props_schema).
 */
export function renderUser(world: World, id: string): JsonObject {
  const user = world.users.get(id);
  if (user === undefined || !user.isMember || world.capabilities.users === "none") {
    return partialUser(id);
  }
  return user.kind === "bot" ? renderBot(user, {}) : renderPerson(world, user);
}

/** A member as the users endpoints show it. */
export function renderMember(world: World, user: User): JsonObject {
  if (user.kind === "person") return renderPerson(world, user);
  return renderBot(user, user.id === world.botId ? selfBot(world) : {});
}

function renderPerson(world: World, user: User): JsonObject {
  const showsEmail = world.capabilities.users === "email" && user.email !== null;
  return {
    ...partialUser(user.id),
    name: user.name,
    avatar_url: null,
    type: "person",
    // Without the e-mail capability the key is missing, not null (Notion docs: User).
    person: showsEmail
      ? {
          email: user.email,
          ...(user.isEmailVerified !== null && { email_verified: user.isEmailVerified }),
        }
      : {},
  };
}

function renderBot(user: User, bot: JsonObject): JsonObject {
  return { ...partialUser(user.id), name: user.name, avatar_url: null, type: "bot", bot };
}

function selfBot(world: World): JsonObject {
  return {
    owner: { type: "workspace", workspace: true },
    workspace_name: world.workspace.name,
    workspace_id: world.workspace.id,
    workspace_limits: { max_file_upload_size_in_bytes: uploadBytesMax },
  };
}

/** The own bot as `users/me` shows it, whatever the token's capabilities. */
export function renderSelf(world: World): JsonObject {
  const user = world.users.get(world.botId);
  return {
    ...partialUser(world.botId),
    name: user?.name ?? world.integration.name,
    avatar_url: null,
    type: "bot",
    bot: selfBot(world),
  };
}
