package cli

// language is one that the commands speak.
type language int

const (
	english language = iota
	chinese
)

// message is one text in all languages. The verbs of fmt stand in the same
// order in each.
type message struct{ en, zh string }

// say holds what the commands print. What engines show stays English, in
// package helper, so that it can be searched for.
var say = struct {
	rootShort, rootLong, flagDebug, flagDryRun, flagJSON, flagHelp, seeHelp message
	groupSetUp, groupLook, groupCI, groupProtocol                           message
	helpUsage, helpCommand, helpCommands, helpExamples                      message
	helpFlags, helpGlobalFlags, completionShort                             message
	nextLogin, nextStatus, comma, noSuchHost, noSuchHostHint                message

	loginShort, loginLong, loginReadOnly, loginDelete, loginNoBrowser, loginWithToken, loginFromGH                        message
	loginStorage, loginForce, loginNoConfigure, loginWould, loginPage, loginOpened, loginPrompt                           message
	loginMistyped, loginUnverified, loginDone, loginMay                                                                   message
	noTerminal, noTerminalHint, ghMissing, ghNoToken                                                                      message
	rightsUnknown, rightsNone, canPull, canPush, canDelete, expired, expires, expiresToday, expiresTomorrow, neverExpires message
	restsIn, placeKeyring, placeFile, placeHelper                                                                         message

	logoutShort, logoutLong, logoutAll, logoutDone, logoutStillThere, nothingStored, nothingStoredFor message
	stillSet                                                                                          message

	statusShort, statusLong, statusCheck, statusHost, statusFrom, statusUnchecked, statusDead, statusWhen message
	engineAsks, engineAsksNot, nextConfigure                                                              message

	configureShort, configureLong, unconfigureShort, unconfigureLong, onlyDocker, onlyPodman message
	wrote, removed, nothingToTakeBack, nothingToWrite                                        message

	migrateShort, migrateLong, migrateAsk, migrateDone, migrateNone, migrateLeft                                                                          message
	migrateSame, migrateAnother, migrateInEnvironment, migrateDead, migrateNeedless, migrateFirst, migrateFirstHint, nothingChanged, tooWide, statusToken message

	foundPlain, foundEmpty, foundRuntime, foundInClear, foundOwnStore, foundStoreAlone, foundScheme message
	foundMisspelt, foundOther, foundEnvironment, foundSnap, foundNotOnPath, foundOtherBinary        message
}{
	rootShort: message{
		"credential helper for GitHub Container Registry",
		"GitHub 容器镜像仓库（GHCR）的凭据助手",
	},
	rootLong: message{
		"docker-credential-ghcr keeps your GitHub token in the OS keyring and tells docker\nand podman, on every push and pull, whether the token may do it.",
		"docker-credential-ghcr 把 GitHub 令牌存放在系统密钥环中，并在 docker 和 podman\n每次推送或拉取时核实该令牌是否有权这样做。",
	},
	flagDebug:  message{"trace each step on stderr, without secrets (GHCR_DEBUG=1)", "在标准错误输出中跟踪每一步，不含机密（GHCR_DEBUG=1）"},
	flagDryRun: message{"show what would be written, and write nothing", "只显示将要写入的内容，不做任何修改"},
	flagJSON:   message{"print JSON", "以 JSON 格式输出"},
	flagHelp:   message{"show this help", "显示帮助"},
	seeHelp:    message{"see %s --help", "请参阅 %s --help"},

	groupSetUp:    message{"Set up", "设置"},
	groupLook:     message{"Look into it", "检查"},
	groupCI:       message{"Use in CI", "在 CI 中使用"},
	groupProtocol: message{"Called by docker and podman", "由 docker 和 podman 调用"},

	helpUsage:       message{"Usage", "用法"},
	helpCommand:     message{"command", "命令"},
	helpCommands:    message{"Commands", "命令"},
	helpExamples:    message{"Examples", "示例"},
	helpFlags:       message{"Flags", "选项"},
	helpGlobalFlags: message{"Flags of every command", "通用选项"},
	completionShort: message{"print a completion script for your shell", "输出 shell 自动补全脚本"},

	nextLogin:  message{"No token is stored yet. Begin with:  %s login", "尚未存储令牌。请先运行：  %s login"},
	nextStatus: message{"To see what is set up, run:  %s status", "查看当前设置，请运行：  %s status"},
	comma:      message{", ", "、"},
	noSuchHost: message{
		"%s is no container registry of GitHub",
		"%s 不是 GitHub 的容器镜像仓库",
	},
	noSuchHostHint: message{
		"give ghcr.io, containers.SUBDOMAIN.ghe.com or containers.HOSTNAME of an Enterprise Server",
		"请使用 ghcr.io、containers.SUBDOMAIN.ghe.com 或企业服务器的 containers.HOSTNAME",
	},

	loginShort: message{"store a token, and set up docker and podman", "存储令牌，并设置 docker 和 podman"},
	loginLong: message{
		"Stores a personal access token (classic) for ghcr.io or another registry of\nGitHub, after asking GitHub what it may do, and sets up docker and podman.\nThe token is typed or pasted at a hidden prompt, never given as an argument.",
		"为 ghcr.io 或 GitHub 的其他镜像仓库存储经典个人访问令牌（classic PAT）：先向\nGitHub 查询其权限，再设置 docker 和 podman。令牌在不回显的提示符下输入或\n粘贴，绝不作为命令行参数传递。",
	},
	loginReadOnly:  message{"a token that can pull only (read:packages)", "只能拉取的令牌（read:packages）"},
	loginDelete:    message{"a token that can delete packages too (delete:packages)", "还能删除软件包的令牌（delete:packages）"},
	loginNoBrowser: message{"do not open the page where tokens are made", "不打开创建令牌的网页"},
	loginWithToken: message{"read the token from stdin", "从标准输入读取令牌"},
	loginFromGH:    message{"take the token of gh, GitHub's command line tool", "使用 GitHub 命令行工具 gh 的令牌"},
	loginStorage:   message{"where the token rests: `place` is keyring, file or helper:NAME", "令牌的存放位置 `place`：keyring、file 或 helper:名称"},
	loginForce:     message{"store it even though it lacks rights or is fine-grained", "即使权限不足或是细粒度令牌也照样存储"},
	loginNoConfigure: message{
		"leave the files of docker and podman as they are",
		"不修改 docker 和 podman 的配置文件",
	},
	loginWould: message{
		"Would ask for a token for %s with %s, made at\n  %s",
		"将会要求输入 %s 的令牌，需要权限 %s，创建页面：\n  %s",
	},
	loginPage: message{
		"Make a personal access token (classic) for %s; the scopes are ticked already:\n  %s\nChoose how long it lives, press \"Generate token\", and copy it.",
		"请为 %s 创建经典个人访问令牌（classic PAT），所需权限已勾选：\n  %s\n选择有效期，点击“Generate token”，然后复制令牌。",
	},
	loginOpened:   message{"The page is open in your browser.", "页面已在浏览器中打开。"},
	loginPrompt:   message{"Paste the token (it is not shown): ", "请粘贴令牌（不会显示）："},
	loginMistyped: message{"the token's checksum is wrong: it looks cut or mistyped; asking GitHub all the same", "令牌的校验和不对，可能被截断或输入有误；仍会向 GitHub 核实"},
	loginUnverified: message{
		"Stored for %s as %s, not verified: GitHub could not be asked",
		"已为 %s 存储（账户 %s），但未经验证：无法联系 GitHub",
	},
	loginDone: message{"Logged in to %s as %s", "已登录 %s，账户 %s"},
	loginMay:  message{"The token can %s", "该令牌可以%s"},
	noTerminal: message{
		"there is no terminal to ask for the token on",
		"没有可用于输入令牌的终端",
	},
	noTerminalHint: message{
		"give the token on stdin: docker-credential-ghcr login --with-token",
		"请从标准输入提供令牌：docker-credential-ghcr login --with-token",
	},
	ghMissing:       message{"gh, GitHub's command line tool, is not on the PATH", "PATH 中找不到 GitHub 命令行工具 gh"},
	ghNoToken:       message{"gh has no token for %s", "gh 没有 %s 的令牌"},
	rightsUnknown:   message{"be used; GitHub does not tell the scopes of this kind of token", "使用；GitHub 不公开此类令牌的权限范围"},
	rightsNone:      message{"neither pull nor push: it has no packages scope", "（既不能拉取也不能推送：没有 packages 权限）"},
	canPull:         message{"pull", "拉取"},
	canPush:         message{"push", "推送"},
	canDelete:       message{"delete", "删除"},
	expired:         message{"It expired on %s", "已于 %s 过期"},
	expires:         message{"It expires on %s, in %d days", "将于 %s 过期，还剩 %d 天"},
	expiresToday:    message{"It expires today (%s)", "今天过期（%s）"},
	expiresTomorrow: message{"It expires tomorrow (%s)", "明天过期（%s）"},
	neverExpires:    message{"It does not expire", "永不过期"},
	restsIn:         message{"It rests in %s", "存放于%s"},
	placeKeyring:    message{"the OS keyring", "系统密钥环"},
	placeFile:       message{"an encrypted file, beside its key", "加密文件（密钥在旁边）"},
	placeHelper:     message{"the credential helper %s", "凭据助手 %s"},

	logoutShort:      message{"forget the token", "删除已存储的令牌"},
	logoutLong:       message{"Removes the stored token of a registry. The files of docker and podman stay as\nthey are: see unconfigure.", "删除某个镜像仓库的已存储令牌。docker 和 podman 的配置文件保持不变，\n如需还原请使用 unconfigure。"},
	logoutAll:        message{"forget the tokens of all hosts", "删除所有主机的令牌"},
	logoutDone:       message{"The token of %s for %s is gone from %s", "账户 %s 在 %s 的令牌已从%s中删除"},
	logoutStillThere: message{"It still exists on GitHub. To revoke it: %s", "它在 GitHub 上仍然有效。如需吊销：%s"},
	nothingStored:    message{"No token is stored.", "没有存储任何令牌。"},
	nothingStoredFor: message{"No token is stored for %s.", "没有为 %s 存储令牌。"},
	stillSet: message{
		"The token in %s stays in use for %s: unset it there.",
		"%s 中的令牌仍用于 %s：请在那里取消设置。",
	},

	statusShort: message{"show who is logged in and what is set up", "显示登录账户和当前设置"},
	statusLong: message{
		"Shows the hosts that have a token, whose it is, where it rests, what GitHub last\nsaid of it, and whether docker and podman ask this helper. Nothing is asked over\nthe network without --check. Exit code 0 when a push would be let through, else 1.",
		"显示已存储令牌的主机、所属账户、存放位置、GitHub 上次的答复，以及 docker 和\npodman 是否使用本助手。不加 --check 时不访问网络。可以推送时退出码为 0，否则为 1。",
	},
	statusCheck:     message{"ask GitHub about the tokens now", "立即向 GitHub 核实令牌"},
	statusHost:      message{"%s: logged in as %s", "%s：已登录，账户 %s"},
	statusFrom:      message{"The token comes from %s", "令牌来自 %s"},
	statusUnchecked: message{"GitHub was not asked about it yet", "尚未向 GitHub 核实"},
	statusDead:      message{"GitHub does not accept it: it is expired or revoked; renew it: %s login", "GitHub 不接受该令牌：已过期或被吊销；请重新登录：%s login"},
	statusWhen:      message{"GitHub was asked on %s", "核实时间：%s"},
	engineAsks:      message{"%s asks docker-credential-ghcr for %s", "%s 会向 docker-credential-ghcr 索取 %s 的凭据"},
	engineAsksNot:   message{"%s does not ask docker-credential-ghcr for %s", "%s 不会向 docker-credential-ghcr 索取 %s 的凭据"},
	nextConfigure:   message{"To set them up, run:  %s configure", "如需设置，请运行：  %s configure"},

	configureShort: message{"make docker and podman ask the helper", "让 docker 和 podman 使用本助手"},
	configureLong: message{
		"Sets credHelpers in docker's config.json and podman's auth.json, whichever of the\ntwo is installed. The rest of the files stays as it is, to the byte. Tells what\nelse would keep them from asking the helper.",
		"在 docker 的 config.json 和 podman 的 auth.json 中设置 credHelpers（针对已安装的\n引擎）。文件其余内容逐字节保持不变，并指出其他会使助手失效的设置。",
	},
	unconfigureShort:  message{"take back what configure did", "撤销 configure 所做的修改"},
	unconfigureLong:   message{"Takes back what configure did in the files of docker and podman, and nothing else.\nThe token stays: see logout.", "撤销 configure 对 docker 和 podman 配置文件所做的修改，其余不变。\n令牌会保留，如需删除请使用 logout。"},
	onlyDocker:        message{"only docker's file", "仅 docker 的文件"},
	onlyPodman:        message{"only podman's file", "仅 podman 的文件"},
	wrote:             message{"Wrote %s", "已写入 %s"},
	removed:           message{"Removed %s", "已删除 %s"},
	nothingToTakeBack: message{"There is nothing to take back.", "没有需要撤销的内容。"},
	nothingToWrite:    message{"There is nothing to write.", "没有需要写入的内容。"},

	migrateShort: message{"move tokens in clear text into the keyring", "把明文令牌移入密钥环"},
	migrateLong: message{
		"Finds tokens in clear text in the files of docker and podman and asks GitHub about\nthem. The one that may do most goes into the keyring, and out of the file once it\nhas been read back. Dead ones, and those that may do no more than the stored one,\nare removed; the others stay where they are.",
		"查找 docker 和 podman 配置文件中的明文令牌并向 GitHub 核实。权限最大的令牌移入\n密钥环，读回确认后才从文件中删除；已失效的、权限不超过已存储令牌的会被删除；\n其余保留原处。",
	},
	migrateAsk:  message{"Move the token in clear text out of %s into the keyring?", "要把 %s 中的明文令牌移入密钥环吗？"},
	migrateDone: message{"Moved the token of %s out of %s into %s", "账户 %s 的令牌已从 %s 移入%s"},
	migrateNone: message{"No token rests in clear text in the files of docker and podman.", "docker 和 podman 的配置文件中没有明文令牌。"},
	migrateLeft: message{"Left the token in %s where it is: %v", "%s 中的令牌保留原处：%v"},
	migrateSame: message{"Removed the token in %s: it is the one that is stored", "已删除 %s 中的令牌：与已存储的令牌相同"},
	migrateAnother: message{
		"another token is stored for %s; to use this one, log out first, then migrate",
		"%s 已存储另一个令牌；如要改用此令牌，请先 logout 再 migrate",
	},
	migrateInEnvironment: message{"the environment holds the same token, and it is used from there", "环境变量中有相同的令牌，将直接使用它"},

	migrateDead:     message{"Removed the token in %s: GitHub does not accept it any more", "已删除 %s 中的令牌：GitHub 已不再接受它"},
	migrateNeedless: message{"Removed the token in %s: the stored one may do as much", "已删除 %s 中的令牌：已存储的令牌具有同等权限"},
	migrateFirst: message{
		"a token in clear text is in use, and docker and podman would go on without it: nothing is changed",
		"正在使用明文令牌，设置后 docker 和 podman 将不再使用它：未做任何修改",
	},
	migrateFirstHint: message{"move it: docker-credential-ghcr migrate; or store another: docker-credential-ghcr login", "移动它：docker-credential-ghcr migrate；或存储另一个：docker-credential-ghcr login"},
	nothingChanged:   message{"interrupted; nothing is stored", "已中断；没有存储任何内容"},
	tooWide:          message{"It has the scope repo too, which nothing here needs: it can read and change your code", "它还带有这里并不需要的 repo 权限：可以读取和修改您的代码"},
	statusToken:      message{"%s: a token whose account is not known yet", "%s：尚不知道令牌属于哪个账户"},

	foundPlain:      message{"%s holds a token in clear text; to move it into the keyring: docker-credential-ghcr migrate", "%s 中有明文令牌；移入密钥环请运行：docker-credential-ghcr migrate"},
	foundEmpty:      message{"%s has an empty login, which does no harm", "%s 中有一个空的登录条目，没有影响"},
	foundRuntime:    message{"%s holds a login that podman reads first; to move it into the keyring: docker-credential-ghcr migrate", "%s 中有 podman 优先读取的登录条目；移入密钥环请运行：docker-credential-ghcr migrate"},
	foundInClear:    message{"podman login would write the token in clear text into %s; use docker-credential-ghcr login", "podman login 会把令牌以明文写入 %s；请改用 docker-credential-ghcr login"},
	foundOwnStore:   message{"%s has a login of its own in %s, which it takes first", "%s 在 %s 中有自己的登录信息，会优先使用"},
	foundStoreAlone: message{"%s names the helper as credsStore, which podman ignores; credHelpers is what counts", "%s 以 credsStore 指定了本助手，podman 会忽略它；应使用 credHelpers"},
	foundScheme:     message{"credHelpers has %s with a scheme in %s: no engine finds it so", "%[2]s 的 credHelpers 中 %[1]s 带有协议前缀，任何引擎都找不到它"},
	foundMisspelt:   message{"%s is not a key that engines know, in %s: it is spelt credHelpers", "%[2]s 中的 %[1]s 不是引擎认识的键，正确写法是 credHelpers"},
	foundOther: message{
		"%s stands for %s in %s; remove that line to use this helper",
		"%[3]s 中 %[2]s 使用的是 %[1]s；如要使用本助手请删除该行",
	},
	foundEnvironment: message{"the variable %s has a login, which docker takes first; unset it", "环境变量 %s 中有登录信息，docker 会优先使用；请取消设置"},
	foundSnap:        message{"docker is the snap, which starts no credential helpers of yours; install docker from its own packages", "docker 来自 snap，无法启动您的凭据助手；请改用 docker 官方软件包"},
	foundNotOnPath:   message{"docker-credential-ghcr is not on the PATH, and engines look for it there", "docker-credential-ghcr 不在 PATH 中，引擎只在 PATH 中查找"},
	foundOtherBinary: message{"another docker-credential-ghcr comes first on the PATH: %s", "PATH 中排在前面的是另一个 docker-credential-ghcr：%s"},
}
