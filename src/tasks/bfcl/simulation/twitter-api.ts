/** `TwitterAPI`: tweets, comments and followers. */
import { add } from "../python/arithmetic.js";
import { type CallArguments, iterate, length, makeInteger } from "../python/builtins.js";
import { equals, truth } from "../python/equality.js";
import { contains } from "../python/evaluate.js";
import { str } from "../python/repr.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import { configured, failure, MethodTable, record, ValueApi } from "./api.js";
import { dictWith, listWith, textWith } from "./attribute.js";
import { fieldOf } from "./field.js";
import type { SimulationProcess } from "./world.js";

const METHODS = new MethodTable<TwitterApi>("TwitterAPI", {
  authenticate_twitter: [
    ["username", "password"],
    (api, [name, password]) => api.authenticate(name!, password!),
  ],
  posting_get_login_status: [[], (api) => record({ login_status: truth(api.authenticated) })],
  post_tweet: [
    ["content", ["tags", null], ["mentions", null]],
    (api, [content, tags, mentions]) => api.post(content!, tags!, mentions!),
  ],
  retweet: [["tweet_id"], (api, [id]) => api.retweet(id!)],
  comment: [["tweet_id", "comment_content"], (api, [id, content]) => api.comment(id!, content!)],
  mention: [["tweet_id", "mentioned_usernames"], (api, [id, names]) => api.mention(id!, names!)],
  follow_user: [["username_to_follow"], (api, [name]) => api.follow(name!)],
  list_all_following: [[], (api) => api.listFollowing()],
  unfollow_user: [["username_to_unfollow"], (api, [name]) => api.unfollow(name!)],
  get_tweet: [["tweet_id"], (api, [id]) => api.tweets.get(id!) ?? notFound(id!)],
  get_user_tweets: [["username"], (api, [name]) => api.tweetsOf(name!)],
  search_tweets: [["keyword"], (api, [keyword]) => api.search(keyword!)],
  get_tweet_comments: [["tweet_id"], (api, [id]) => api.commentsOf(id!)],
  get_user_stats: [["username"], (api, [name]) => api.stats(name!)],
});

function notFound(id: PythonValue): PythonDict {
  return failure(`Tweet with ID ${str(id)} not found.`);
}

/** An instance of the class. */
export class TwitterApi extends ValueApi {
  readonly className = "TwitterAPI";
  readonly methodNames = METHODS.names;
  authenticated: PythonValue;
  /** By whole numbers, while the comments of an initial state stay under texts. */
  readonly tweets = new PythonDict();
  readonly #process: SimulationProcess;
  readonly #username: PythonValue;
  readonly #password: PythonValue;
  readonly #comments: PythonValue;
  readonly #retweets: PythonValue;
  readonly #following: PythonValue;
  #counter: PythonValue;

  constructor(config: PythonDict, process: SimulationProcess) {
    super();
    this.#process = process;
    this.#username = configured(config, "username", "john");
    this.#password = configured(config, "password", "john123");
    this.authenticated = configured(config, "authenticated", false);
    const tweets = dictWith(configured(config, "tweets", new PythonDict()), "items");
    for (const [id, tweet] of tweets.entries()) this.tweets.set(makeInteger(id), tweet);
    this.#comments = configured(config, "comments", new PythonDict());
    this.#retweets = configured(config, "retweets", new PythonDict());
    this.#following = configured(config, "following_list", ["alice", "bob"]);
    this.#counter = configured(config, "tweet_counter", 0n);
  }

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, withDefaults(name, args, this.#process));
  }

  publicState(): [string, PythonValue][] {
    return [
      ["username", this.#username],
      ["password", this.#password],
      ["authenticated", this.authenticated],
      ["tweets", this.tweets],
      ["comments", this.#comments],
      ["retweets", this.#retweets],
      ["following_list", this.#following],
      ["tweet_counter", this.#counter],
    ];
  }

  authenticate(name: PythonValue, password: PythonValue): PythonValue {
    const right = equals(name, this.#username) && equals(password, this.#password);
    if (right) this.authenticated = true;
    return record({ authentication_status: right });
  }

  #refusal(action: string): PythonDict | undefined {
    if (truth(this.authenticated)) return undefined;
    return failure(`User not authenticated. Please authenticate before ${action}.`);
  }

  post(content: PythonValue, tags: PythonValue, mentions: PythonValue): PythonValue {
    const refused = this.#refusal("posting");
    if (refused !== undefined) return refused;
    const tweet = record({ id: this.#counter, username: this.#username, content, tags, mentions });
    this.tweets.set(this.#counter, tweet);
    this.#counter = add(this.#counter, 1n);
    return tweet;
  }

  retweet(id: PythonValue): PythonValue {
    const refused = this.#refusal("retweeting");
    if (refused !== undefined) return refused;
    if (!this.tweets.has(id)) return notFound(id);
    const retweets = dictWith(this.#retweets, "get");
    if (!retweets.has(this.#username)) retweets.set(this.#username, []);
    const own = retweets.item(this.#username);
    if (contains(own, id)) return record({ retweet_status: "Already retweeted" });
    listWith(own, "append").push(id);
    return record({ retweet_status: "Successfully retweeted" });
  }

  comment(id: PythonValue, content: PythonValue): PythonValue {
    const refused = this.#refusal("commenting");
    if (refused !== undefined) return refused;
    if (!this.tweets.has(id)) return notFound(id);
    const comments = dictWith(this.#comments, "get");
    if (!comments.has(id)) comments.set(id, []);
    listWith(comments.item(id), "append").push(record({ username: this.#username, content }));
    return record({ comment_status: "Comment added successfully" });
  }

  mention(id: PythonValue, names: PythonValue): PythonValue {
    const tweet = this.tweets.get(id);
    if (tweet === undefined) return notFound(id);
    const mentions = listWith(fieldOf(tweet, "mentions"), "extend");
    for (const name of [...iterate(names)]) mentions.push(name);
    return record({ mention_status: "Users mentioned successfully" });
  }

  follow(name: PythonValue): PythonValue {
    const refused = this.#refusal("following");
    if (refused !== undefined) return refused;
    const fresh = !contains(this.#following, name);
    if (fresh) listWith(this.#following, "append").push(name);
    return record({ follow_status: fresh });
  }

  listFollowing(): PythonValue {
    return this.#refusal("listing following") ?? record({ following_list: this.#following });
  }

  unfollow(name: PythonValue): PythonValue {
    const refused = this.#refusal("unfollowing");
    if (refused !== undefined) return refused;
    const following = listWith(this.#following, "remove");
    const index = following.findIndex((other) => equals(other, name));
    if (index >= 0) following.splice(index, 1);
    return record({ unfollow_status: index >= 0 });
  }

  tweetsOf(name: PythonValue): PythonValue[] {
    return [...this.tweets.values()].filter((tweet) => equals(fieldOf(tweet, "username"), name));
  }

  search(keyword: PythonValue): PythonValue {
    return [...this.tweets.values()].filter((tweet) => {
      const wanted = textWith(keyword, "lower").toLowerCase();
      const content = textWith(fieldOf(tweet, "content"), "lower").toLowerCase();
      if (content.includes(wanted)) return true;
      return iterate(fieldOf(tweet, "tags"))
        .map((tag) => textWith(tag, "lower").toLowerCase())
        .includes(wanted);
    });
  }

  commentsOf(id: PythonValue): PythonValue {
    if (!this.tweets.has(id)) return notFound(id);
    return dictWith(this.#comments, "get").get(id) ?? [];
  }

  stats(name: PythonValue): PythonValue {
    const own = equals(name, this.#username);
    return record({
      tweet_count: BigInt(this.tweetsOf(name).length),
      following_count: own ? length(this.#following) : 0n,
      retweet_count: length(dictWith(this.#retweets, "get").get(name) ?? []),
    });
  }
}

/** Python makes the lists that stand for missing tags and mentions once for all tweets of the process. */
function withDefaults(name: string, args: CallArguments, process: SimulationProcess): CallArguments {
  if (name !== "post_tweet") return args;
  const named = new Map(args.named);
  for (const [index, parameter] of ["tags", "mentions"].entries()) {
    const given = args.positional.length > index + 1 || named.has(parameter);
    if (!given)
      named.set(
        parameter,
        process.shared(`post_tweet.${parameter}`, () => []),
      );
  }
  return { positional: args.positional, named };
}
