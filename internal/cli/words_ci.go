package cli

// sayCI holds the words of secret, rerun and rotate.
var sayCI = struct {
	flagHost, flagAuthStdin, flagRepo, flagRepos, flagOrg, flagEnv, flagApp, flagName, flagVisibility, flagShare message
	flagBranch, flagRun, flagWatch, flagDryRun, flagTimeout, flagWithToken, flagNoBrowser                        message

	stdinEmpty, stdinEmptyHint, noAuth, noAuthHint, authDead, authDeadHint               message
	scopeMissing, scopeHint, scopeHintGH, needsSSO, needsSSOHint, notFound, notFoundHint message
	refused, refusedHint, needsHint                                                      message
	ageUnknown, ageNow, ageMinutes, ageHours, ageDays                                    message

	secretShort, secretLong, setShort, setLong, listShort, listLong, checkShort, checkLong message
	shortLived, shortLivedHint, valueDead, valueUseless, valuePullOnly, valueTooWide       message
	isSet, useIt, noSecrets, nothingSet, setAgain                                          message
	checkGone, checkSame, checkOlder, checkUnknown, checkOther                             message

	rerunShort, rerunLong, runLine, runGoes, runGoesHint, stillRuns, noneFailed, runsAgain, followThem message
	noJobs, moreJobs, jobNoLog, jobUnknown, jobCause, noRerun, noRerunHint                             message
	progress, limited, tooLong, stopped                                                                message

	rotateShort, rotateLong, noTerminal, noTerminalHint, pasteToken, makeNew, notStored, notStoredHint    message
	goesOn, sameToken, sameTokenHint, otherAccount, newStored, isSetAlready, isGone, outOfReach, isNotSet message
	halfDone, halfDoneHint, changedMeanwhile, verified, revokeOld                                         message
}{
	flagHost:       message{"the `registry` whose token and GitHub are meant", "所指的镜像仓库 `registry`（决定用哪个令牌、访问哪个 GitHub）"},
	flagAuthStdin:  message{"read the token that may reach the repository from stdin", "从标准输入读取有权访问代码库的令牌"},
	flagRepo:       message{"the repository, `OWNER/NAME`", "代码库 `OWNER/NAME`"},
	flagRepos:      message{"the repository, `OWNER/NAME`; may be given several times", "代码库 `OWNER/NAME`，可多次给出"},
	flagOrg:        message{"the `organization`, instead of a repository", "组织 `organization`，代替代码库"},
	flagEnv:        message{"the `environment` of the repository", "代码库的环境 `environment`"},
	flagApp:        message{"the `app` that gets it: actions, or dependabot for the runs that it starts", "使用机密的应用 `app`：actions；由 Dependabot 启动的运行则用 dependabot"},
	flagName:       message{"the `name` of the secret", "机密的名称 `name`"},
	flagVisibility: message{"`who` in the organization may use the secret: all, private or selected repositories (as before, else private)", "组织中哪些代码库（`who`）可以使用该机密：all、private 或 selected（默认保持原样，新建时为 private）"},
	flagShare:      message{"a repository for --visibility selected, `OWNER/NAME`", "--visibility selected 所选的代码库 `OWNER/NAME`"},
	flagBranch:     message{"look at this `branch` (the default branch)", "查看该分支 `branch`（默认为默认分支）"},
	flagRun:        message{"run this one again, by its `number` in the address of its page", "只重跑这一个，`number` 为其页面地址中的编号"},
	flagWatch:      message{"follow the runs to their end; the exit code tells how they went", "跟踪到运行结束；退出码反映结果"},
	flagDryRun:     message{"say what failed and why, and start nothing", "只说明哪些失败及原因，不重跑"},
	flagTimeout:    message{"how long to follow", "最长跟踪多久"},
	flagWithToken:  message{"read the new token from stdin", "从标准输入读取新令牌"},
	flagNoBrowser:  message{"do not open the token page", "不打开令牌页面"},

	stdinEmpty:     message{"no token came on stdin", "标准输入中没有令牌"},
	stdinEmptyHint: message{"pipe the token in: a secret that is not set is empty", "请用管道传入令牌；未设置的机密是空的"},
	noAuth:         message{"no token that may reach repositories on %s", "没有可访问 %s 上代码库的令牌"},
	noAuthHint: message{
		"run: gh auth login -h %s, or set %s to a token made at %s (the registry's token is not used for this and needs no such right)",
		"请运行：gh auth login -h %s，或把 %s 设为在 %s 新建的令牌（镜像仓库的令牌不用于此处，也不需要这项权限）",
	},
	authDead:     message{"GitHub does not accept the token from %s: it is expired, revoked or mistyped", "GitHub 不接受来自 %s 的令牌：已过期、已撤销或输入有误"},
	authDeadHint: message{"make a new one at %s, or run: gh auth login", "请在 %s 新建一个，或运行：gh auth login"},
	scopeMissing: message{"the token from %s lacks the scope %s", "来自 %s 的令牌缺少作用域 %s"},
	scopeHint: message{
		"give another token that has %s, made at %s; leave the registry's token as it is",
		"请改用具有 %s 的另一个令牌，可在 %s 新建；镜像仓库的令牌保持不变",
	},
	scopeHintGH:  message{"run: gh auth refresh -h %s -s %s", "请运行：gh auth refresh -h %s -s %s"},
	needsSSO:     message{"%s uses single sign-on, and the token is not authorised for it", "%s 使用单点登录（SSO），而该令牌尚未获得授权"},
	needsSSOHint: message{"open %s (within an hour), then try again", "请在一小时内打开 %s，然后重试"},
	notFound:     message{"%s is not there, or not for the token from %s", "%s 不存在，或来自 %s 的令牌无权访问"},
	notFoundHint: message{
		"check the name; the token's account must administer the repository or own the organization; a fine-grained token needs the permission Secrets: write (Actions: write for runs)",
		"请检查名称；令牌所属账户须是代码库管理员或组织所有者；细粒度令牌需要 Secrets: write 权限（运行则需要 Actions: write）",
	},
	refused:     message{"GitHub refuses for %s: %s", "GitHub 拒绝了对 %s 的请求：%s"},
	refusedHint: message{"check what the token from %s may do", "请检查来自 %s 的令牌有哪些权限"},
	needsHint:   message{"the token needs the permission %s", "令牌需要权限 %s"},

	ageUnknown: message{"at an unknown time", "时间未知"},
	ageNow:     message{"just now", "刚刚"},
	ageMinutes: message{"%d min ago", "%d 分钟前"},
	ageHours:   message{"%d h ago", "%d 小时前"},
	ageDays:    message{"%d days ago", "%d 天前"},

	secretShort: message{"put the stored token into the secrets of GitHub Actions", "把已保存的令牌放入 GitHub Actions 机密"},
	secretLong: message{
		"Puts the stored token into the secrets of GitHub Actions, encrypted for GitHub, and\nknows later which of them are older than the token.\n\nThe registry's token may not do that, and should not. GitHub is asked with another\none: --auth-token-stdin, GH_TOKEN, or what `gh auth token` prints.",
		"把已保存的令牌加密后放入 GitHub Actions 机密，并能在之后指出哪些机密比令牌旧。\n\n镜像仓库的令牌无权、也不应该做这件事，因此访问 GitHub 用的是另一个令牌：\n--auth-token-stdin、GH_TOKEN 或 `gh auth token` 的输出。",
	},
	setShort: message{"set a secret to the stored token", "把机密设为已保存的令牌"},
	setLong: message{
		"Sets a secret of a repository, an environment or an organization to the stored token.\nA secret of an organization keeps the repositories that may use it.",
		"把代码库、环境或组织的机密设为已保存的令牌。\n组织机密原先可供哪些代码库使用，保持不变。",
	},
	listShort: message{"list secrets with their age", "列出机密及其时间"},
	listLong: message{
		"Lists the secrets of a repository, an environment or an organization, and when each\nwas last set. GitHub shows their names, never what they hold: whether one holds the\nstored token, secret check tells.",
		"列出代码库、环境或组织的机密及其上次设置的时间。GitHub 只显示名称，从不显示内容；\n某个机密是否为已保存的令牌，请用 secret check 查看。",
	},
	checkShort: message{"say which secrets are older than the stored token", "指出哪些机密比已保存的令牌旧"},
	checkLong: message{
		"Looks at every secret that was set from this machine, or at those that are named, and\nsays whether it holds the stored token. Exit code 1 when one does not.",
		"检查从本机设置过的所有机密（或指定的机密）是否为已保存的令牌。\n有不符的则退出码为 1。",
	},
	shortLived:     message{"the token in %s ends with its job: it is no use as a secret", "%s 中的令牌随作业结束而失效，不能用作机密"},
	shortLivedHint: message{"store a personal access token (classic) first: docker-credential-ghcr login", "请先保存一个个人访问令牌（classic）：docker-credential-ghcr login"},
	valueDead:      message{"the token for %s is expired or revoked: nothing is set", "%s 的令牌已过期或已撤销，未做任何设置"},
	valueUseless:   message{"the token for %s can neither pull nor push (%s): nothing is set", "%s 的令牌既不能拉取也不能推送（%s），未做任何设置"},
	valuePullOnly:  message{"warning: the token for %s can pull, not push; so will the secret", "警告：%s 的令牌只能拉取，不能推送；机密也将如此"},
	valueTooWide:   message{"warning: the token for %s has the scope repo: whoever reads the secret may change your code", "警告：%s 的令牌带有 repo 作用域，能读取该机密的人就能修改你的代码"},
	isSet:          message{"%s is set in %s", "%s 已设置：%s"},
	useIt: message{
		"\nIn the workflow:\n  env:\n    GHCR_TOKEN: ${{ secrets.%s }}\nor, with the action:\n  with:\n    token: ${{ secrets.%s }}\n    username: %s",
		"\n在工作流中：\n  env:\n    GHCR_TOKEN: ${{ secrets.%s }}\n或者使用本项目的 action：\n  with:\n    token: ${{ secrets.%s }}\n    username: %s",
	},
	noSecrets:    message{"%s has no secrets: %s", "%s 没有机密：%s"},
	nothingSet:   message{"No secret was set from this machine. To set one:  %s secret set --repo OWNER/NAME", "本机尚未设置过机密。请运行：%s secret set --repo OWNER/NAME"},
	setAgain:     message{"set them again: %s secret set --repo OWNER/NAME", "请重新设置：%s secret set --repo OWNER/NAME"},
	checkGone:    message{"%s: %s is not there any more, or not for this token", "%s：%s 已不存在，或此令牌无权查看"},
	checkSame:    message{"%s: %s holds the stored token, set %s", "%s：%s 即为已保存的令牌，设置于%s"},
	checkOlder:   message{"%s: %s is older (%s) than the stored token (%s)", "%s：%s（%s）比已保存的令牌（%s）旧"},
	checkUnknown: message{"%s: %s was changed elsewhere %s; what it holds cannot be told", "%s：%s 于%s在别处被更改，无法得知其内容"},
	checkOther:   message{"%s: %s holds another token, set %s", "%s：%s 是另一个令牌，设置于%s"},

	rerunShort: message{"say why the last runs failed, and run the failed jobs again", "说明最近的运行为何失败，并重跑失败的作业"},
	rerunLong: message{
		"Looks at the newest run of each workflow on a branch. Where it failed, says why, as far\nas the log holds a text that `explain` knows, and runs the failed jobs again. What failed\nand went well since is left alone. A changed secret takes effect in the new attempt.",
		"查看分支上每个工作流的最新一次运行。失败的，若日志中有 `explain` 认识的文字就说明\n原因，并重跑失败的作业。曾失败但之后已成功的不再重跑。更新后的机密在新的一次尝试中生效。",
	},
	runLine:     message{"%s #%d (%s): %s, %s, %s", "%s #%d（%s）：%s，%s，%s"},
	runGoes:     message{"run %d is still going", "运行 %d 仍在进行"},
	runGoesHint: message{"wait for its end", "请等待其结束"},
	stillRuns:   message{"%s #%d is still going: %s", "%s #%d 仍在进行：%s"},
	noneFailed:  message{"%s, branch %s: no failure in the newest run of each workflow (%d)", "%s，分支 %s：%d 个工作流的最新运行均无失败"},
	runsAgain:   message{"  the failed jobs run again", "  失败的作业已开始重跑"},
	followThem:  message{"Once they have ended, look again:  %s rerun --repo %s --dry-run   (or give --watch next time)", "结束后可再次查看：%s rerun --repo %s --dry-run（下次可加 --watch）"},
	noJobs:      message{"warning: its jobs cannot be read: %v", "警告：无法读取其作业：%v"},
	moreJobs:    message{"  ... and more failed jobs", "  ……还有其他失败的作业"},
	jobNoLog:    message{"  %s, step %q: its log cannot be read: %v", "  %s，步骤 %q：无法读取日志：%v"},
	jobUnknown:  message{"  %s, step %q: no known reason in its log", "  %s，步骤 %q：日志中没有已知的原因"},
	jobCause:    message{"  %s, step %q: %s\n    fix: %s", "  %s，步骤 %q：%s\n    解决：%s"},
	noRerun:     message{"run #%d is not run again: GitHub answers: %s", "运行 #%d 未能重跑，GitHub 的答复：%s"},
	noRerunHint: message{"push a commit, or start the workflow anew", "请推送一次提交，或重新触发工作流"},
	progress:    message{"%s #%d: %s, %d of %d jobs done", "%s #%d：%s，作业完成 %d/%d"},
	limited:     message{"GitHub limits the rate of requests: waiting %v", "GitHub 限制了请求频率：等待 %v"},
	tooLong:     message{"run #%d has not ended after %v", "运行 #%d 在 %v 后仍未结束"},
	stopped:     message{"no longer following; the run goes on: %s", "已停止跟踪；运行仍在继续：%s"},

	rotateShort: message{"replace an expiring token everywhere in one sitting", "一次完成即将到期令牌的全部更换"},
	rotateLong: message{
		"Replaces the stored token: opens the page for a new one, checks and stores it, updates\nevery secret that `secret set` has set from this machine, verifies, and says where to\nrevoke the old one. Stopped half-way, it goes on where it stopped.",
		"更换已保存的令牌：打开新建页面，检查并保存新令牌，更新从本机用 `secret set` 设置过的\n所有机密，验证，最后说明在哪里撤销旧令牌。中途停止后再次运行会接着做。",
	},
	noTerminal:       message{"no terminal to ask for the new token", "没有终端可供输入新令牌"},
	noTerminalHint:   message{"give it on stdin: docker-credential-ghcr rotate --with-token < FILE", "请从标准输入给出：docker-credential-ghcr rotate --with-token < FILE"},
	pasteToken:       message{"Paste the new token (it is not shown): ", "请粘贴新令牌（不显示）："},
	makeNew:          message{"Make the new token here, and choose its expiry:\n  %s\nIt will be stored and put into every secret of GitHub Actions that was set from here (%d).\n", "请在此新建令牌并选择有效期：\n  %s\n新令牌将被保存，并写入 %d 个 GitHub Actions 机密。\n"},
	notStored:        message{"the token for %s comes from %s, not from the store: there is nothing to replace", "%s 的令牌来自 %s 而非本机存储，无可更换"},
	notStoredHint:    message{"replace it where it is set", "请在设置它的地方更换"},
	goesOn:           message{"the new token is stored (%s): going on from there", "新令牌已保存（%s），从这里继续"},
	sameToken:        message{"that is the token that is stored already", "这就是已保存的令牌"},
	sameTokenHint:    message{"make a new one on the page, and paste that", "请在页面上新建一个再粘贴"},
	otherAccount:     message{"warning: the new token is one of %s, the old one of %s", "警告：新令牌属于 %s，旧令牌属于 %s"},
	newStored:        message{"the new token of %s is stored: %s", "%s 的新令牌已保存：%s"},
	isSetAlready:     message{"%s holds it already in %s", "%s 已更新：%s"},
	isGone:           message{"%s was deleted in %s: left alone and forgotten", "%s 已从 %s 删除：不再管理"},
	outOfReach:       message{"%s in %s is out of reach of the token from %s: left alone, set it by hand", "%s（%s）超出来自 %s 的令牌的权限：未改动，请手动设置"},
	isNotSet:         message{"%s is not set in %s", "%s 未能设置：%s"},
	halfDone:         message{"%d of %d secrets still hold the old token", "%d/%d 个机密仍是旧令牌"},
	halfDoneHint:     message{"run again to go on: %s rotate", "再次运行即可继续：%s rotate"},
	changedMeanwhile: message{"the token for %s was replaced meanwhile by something else", "%s 的令牌在此期间被其他程序更换"},
	verified:         message{"GitHub accepts it: %s, %s", "GitHub 已接受：%s，%s"},
	revokeOld:        message{"\nDone. Now revoke the old token:  %s", "\n完成。现在请撤销旧令牌：%s"},
}
