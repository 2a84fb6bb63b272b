package cli

// sayDoctor holds the words of doctor, verify and explain. What the registry's
// texts mean stands in the table of package registry.
var sayDoctor = struct {
	doctorShort, doctorLong, doctorTimeout, oneImage          message
	cause, fix, page, step, doc, suspects, findOut            message
	allWell, wellEnough, cannotPush, cannotPull               message
	noImageName, thisName, usesLogin, exchangeKind            message
	rotateOne, rotateMore                                     message
	tooLate, tooLateFix, notBegun                             message
	programFound, fixPath, fixOther, fixFile                  message
	fixOwnStore, fixSnap                                      message
	underSudo, fixSudo, storageRead, inFile, fixSlow          message
	wrongKind, mistyped, kindAndSum, kindAlone                message
	apiAnswers, apiThroughProxy, steps, apiSlow, apiSlowFix   message
	troubleFix, portalFix, limitFix                           message
	clockUnknown, clockRight, clockAhead, clockBehind         message
	clockFix                                                  message
	notAskedNoToken, notAskedKind, alive, aliveNobody         message
	dead, deadMistyped, unverified, scopesUnknown             message
	expiryUntold, limitUnknown, noLimit, limitReached         message
	limitLeft, renewIn                                        message
	exchangeOK, exchangeNobody, exchangeDenied                message
	nameFine, nameWrong, nameFix, nameMeant                   message
	ownerUnknown, ownerUnknownWhy, ownerMissing, ownerSSO     message
	ownerRefuses, ownerRefusesFix, ownerOrg, ownerPerson      message
	notProbed, pullNotAsked, pullUnknown, pullAbsent          message
	pullDenied, pullPublic, pullOK                            message
	pushNotAsked, pushUnknown, pushDenied, pushOK             message
	runOfFork, runOfDependabot, runFine, otherOwner           message
	noTokenInStep, noTokenInStepFix, otherVariable            message
	otherVariableFix, rightsNamed, rightsDefault              message
	rightsMissing, rightsMissingFix                           message
	verifyShort, verifyLong, verifyHead, verifyPlatform       message
	verifyAll, verifyEngine, verifyTimeout, noImage           message
	notWithEngine, badEngine, noEngine                        message
	asAccount, asNobody, blobConfig, blobLayer, blobForeign   message
	manifestOf, manifestOnly, verified, verifiedHead          message
	layers, oneLayer                                          message
	notVerified, enginePulled, engineFailed, stalled          message
	explainShort, explainLong, explainNothing, explainUnknown message
}{
	doctorShort: message{"find out why a push or a pull fails", "查明推送或拉取失败的原因"},
	doctorLong: message{
		"Looks at everything between docker or podman and the registry: the helper, the\nengines' files, the keyring, the token, GitHub's API, the registry and, when an\nimage is named, whether it may be pulled and pushed (nothing is written). Names the\nfirst cause and what mends it. A host may stand in place of an image.\nExit code 0 when all is well, 1 when a push would fail, 2 when a pull would fail too.",
		"检查 docker 或 podman 与镜像库之间的每个环节：凭据助手、引擎的配置文件、密钥环、\n令牌、GitHub API、镜像库；给出镜像名时还检查能否拉取和推送（不写入任何内容）。\n指出第一个原因和解决办法。镜像名的位置也可以写主机名。\n退出码：一切正常为 0，无法推送为 1，连拉取也不行为 2。",
	},
	doctorTimeout: message{"how long all checks may take together", "所有检查总共可用的时间"},
	oneImage:      message{"one image at most", "最多给出一个镜像"},

	cause:       message{"Cause: %s", "原因：%s"},
	fix:         message{"Fix:   %s", "解决：%s"},
	page:        message{"       %s", "      %s"},
	step:        message{"Also:  %s", "另外：%s"},
	doc:         message{"See:   %s", "参见：%s"},
	suspects:    message{"What it may be, the likeliest first:", "可能是以下情况（可能性从高到低）："},
	findOut:     message{"To find out which, run:  %s", "要查明是哪一种，请运行：  %s"},
	allWell:     message{"All is well with %s.", "%s 一切正常。"},
	wellEnough:  message{"Nothing stands in the way of pulls from and pushes to %s. Worth knowing:", "%s 的拉取和推送没有障碍。值得留意："},
	cannotPush:  message{"%s: a pull would go through, a push would fail.", "%s：可以拉取，推送会失败。"},
	cannotPull:  message{"%s: a pull would fail, and a push too.", "%s：拉取会失败，推送也会失败。"},
	thisName:    message{"This", "这"},
	noImageName: message{"%s is not the name of an image on %s.", "%s 不是 %s 上的镜像名。"},
	usesLogin:   message{"%s: a token in clear text is used, not this helper; pulls and pushes are not judged.", "%s：使用的是明文令牌，而不是本助手；未判断拉取和推送。"},
	tooLate:     message{"The check %s did not end in time", "%s：该检查未能按时完成"},
	tooLateFix:  message{"see what hangs: docker-credential-ghcr doctor --debug", "查看卡在哪里：docker-credential-ghcr doctor --debug"},
	notBegun:    message{"No time was left for the check %s", "%s：没有时间进行该检查"},

	programFound: message{"docker-credential-ghcr %s is the one that engines find: %s", "引擎会找到 docker-credential-ghcr %s：%s"},
	fixPath:      message{"put the folder of %s on the PATH, that of the engine too", "把 %s 所在的目录加入 PATH（包括引擎的 PATH）"},
	fixOther:     message{"remove %s, or put the right one before it on the PATH", "删除 %s，或让正确的程序在 PATH 中排在它前面"},
	fixFile:      message{"mend the file by hand, then run: docker-credential-ghcr configure", "手工修复该文件，然后运行：docker-credential-ghcr configure"},
	fixOwnStore:  message{"run: %s registry logout %s", "运行：%s registry logout %s"},
	fixSnap:      message{"install docker from its own packages", "改用 docker 官方软件包"},

	underSudo:   message{"No token is stored for %s by root; under sudo the token of %s is not seen", "root 没有为 %s 存储令牌；在 sudo 下看不到 %s 的令牌"},
	fixSudo:     message{"run docker or podman without sudo, or as root: docker-credential-ghcr login", "不用 sudo 运行 docker 或 podman，或以 root 身份运行：docker-credential-ghcr login"},
	storageRead: message{"The token is read from %s in %s", "从%s读取令牌，用时 %s"},
	inFile:      message{"an encrypted file", "加密文件"},
	fixSlow:     message{"every push and pull waits that long; docker-credential-ghcr login --storage file is quick", "每次推送和拉取都要等这么久；docker-credential-ghcr login --storage file 较快"},
	wrongKind:   message{"The registry does not take a token of this kind: %s", "镜像库不接受此类令牌：%s"},
	mistyped:    message{"The token looks cut or mistyped: its checksum does not fit (%s)", "令牌可能被截断或输入有误：校验和不符（%s）"},
	kindAndSum:  message{"The token is one of the right kind, and its checksum fits (%s)", "令牌类型正确，校验和无误（%s）"},
	kindAlone:   message{"The token is one of the right kind (%s)", "令牌类型正确（%s）"},

	apiAnswers:      message{"%s answers in %s (%s)", "%s 在 %s 内响应（%s）"},
	apiThroughProxy: message{"%s answers through the proxy %s in %s (%s)", "%s 经代理 %s 在 %s 内响应（%s）"},
	steps:           message{"name %s, connection %s, TLS %s", "域名 %s，连接 %s，TLS %s"},
	apiSlow:         message{"%s is slow: it took %s, and every push and pull waits that long", "%s 很慢：用了 %s，每次推送和拉取都要等这么久"},
	apiSlowFix:      message{"see to the network and the proxy; GHCR_TIMEOUT bounds the wait", "检查网络和代理；GHCR_TIMEOUT 可限制等待时间"},
	troubleFix:      message{"try again; look for an incident at https://www.githubstatus.com", "重试；在 https://www.githubstatus.com 查看是否有故障"},
	portalFix:       message{"open a web page to log in to this network, or see to the proxy", "打开任意网页登录此网络，或检查代理"},
	limitFix:        message{"wait and try again; pushes and pulls go on meanwhile", "稍后再试；期间推送和拉取不受影响"},
	clockUnknown:    message{"The clock cannot be compared with another", "系统时间：没有可比对的来源"},
	clockRight:      message{"The clock is right", "系统时间正确"},
	clockAhead:      message{"The clock is %s ahead of that of %s", "系统时间快了 %s（与 %s 相比）"},
	clockBehind:     message{"The clock is %s behind that of %s", "系统时间慢了 %s（与 %s 相比）"},
	clockFix:        message{"set the clock, with timedatectl set-ntp true for example", "校准系统时间，例如运行 timedatectl set-ntp true"},

	notAskedNoToken: message{"%s is not asked: there is no token", "未询问 %s：没有令牌"},
	notAskedKind:    message{"%s is not asked about a token of this kind: %s", "未向 %s 询问此类令牌：%s"},
	alive:           message{"GitHub accepts the token, which is that of %s", "GitHub 接受该令牌，所属账户 %s"},
	aliveNobody:     message{"GitHub accepts the token, which is of no account", "GitHub 接受该令牌，它不属于任何账户"},
	dead:            message{"GitHub does not accept the token: it is expired or revoked", "GitHub 不接受该令牌：已过期或被吊销"},
	deadMistyped:    message{"GitHub does not accept the token: it looks cut or mistyped", "GitHub 不接受该令牌：可能被截断或输入有误"},
	unverified:      message{"The token is not verified, and pushes and pulls go on: %s", "令牌未经验证，推送和拉取仍可进行：%s"},
	scopesUnknown:   message{"What the token may do is not known", "权限范围未知"},
	expiryUntold:    message{"It does not expire, as far as GitHub tells", "据 GitHub 所知，它不会过期"},
	limitUnknown:    message{"The rate limit is not known", "速率限制未知"},
	noLimit:         message{"%s limits no rate", "%s 没有速率限制"},
	limitReached:    message{"The rate limit of %d requests is used up until %s", "速率限制（%d 次请求）已用完，到 %s 恢复"},
	limitLeft:       message{"The rate limit is far: %d of %d requests are left", "速率限制充足：剩余 %d / %d 次请求"},
	rotateOne:       message{"make a new token and store it here and in the secret on GitHub that holds it: %s", "新建一个令牌，保存到本机和 GitHub 上存有它的机密：%s"},
	rotateMore:      message{"make a new token and store it here and in the %d secrets on GitHub that hold it: %s", "新建一个令牌，保存到本机和 GitHub 上存有它的 %d 个机密：%s"},
	renewIn:         message{"make a new token and put it into %s", "新建一个令牌并放入 %s"},

	exchangeOK:     message{"%s takes the token", "%s 接受该令牌"},
	exchangeNobody: message{"%s answers; it was asked without a token", "%s 有响应（未使用令牌询问）"},
	exchangeKind:   message{"%s answers, which proves nothing for a token of this kind: it refuses on the push or pull", "%s 有响应，但对此类令牌不能说明什么：推送或拉取时才会拒绝"},
	exchangeDenied: message{"%s does not take the token: %s", "%s 不接受该令牌：%s"},

	nameFine:        message{"The name %s is in order", "名称 %s 没有问题"},
	nameWrong:       message{"This is no name of an image to pull or push: %s", "镜像名称有误：%s"},
	nameFix:         message{"give a name like ghcr.io/OWNER/IMAGE:TAG, in lower case", "使用 ghcr.io/OWNER/IMAGE:TAG 这样的小写名称"},
	nameMeant:       message{"write %s", "改为 %s"},
	ownerUnknown:    message{"Whether %s exists was not asked", "未查询 %s 是否存在"},
	ownerUnknownWhy: message{"Whether %s exists is not known: %s", "无法确定 %s 是否存在：%s"},
	ownerMissing:    message{"There is no account %s on GitHub", "GitHub 上没有账户 %s"},
	ownerSSO:        message{"The organization %s wants single sign-on, and the token is not authorised for it", "组织 %s 要求单点登录（SSO），而令牌尚未获得授权"},
	ownerRefuses:    message{"The organization %s does not let the token in: %s", "组织 %s 不允许该令牌访问：%s"},
	ownerRefusesFix: message{"ask an owner of the organization", "请联系组织的所有者"},
	ownerOrg:        message{"%s is an organization, and it lets the token in", "%s 是一个组织，允许该令牌访问"},
	ownerPerson:     message{"%s is a person's account", "%s 是个人账户"},

	notProbed:    message{"%s was not asked about the image", "未向 %s 询问该镜像"},
	pullNotAsked: message{"Pull: not tried, for the helper gives no token for it", "拉取：未尝试，因为助手不会提供令牌"},
	pullUnknown:  message{"Pull: not known, for %s", "拉取：未知，因为 %s"},
	pullAbsent:   message{"Pull: there is no %s", "拉取：不存在 %s"},
	pullDenied:   message{"Pull: %s refuses: %s", "拉取：%s 拒绝：%s"},
	pullPublic:   message{"Pull: %s gives the image to everybody", "拉取：%s 上的该镜像是公开的"},
	pullOK:       message{"Pull: %s gives the image", "拉取：%s 允许"},
	pushNotAsked: message{"Push: not tried, for the helper gives no token for it", "推送：未尝试，因为助手不会提供令牌"},
	pushUnknown:  message{"Push: not known, for %s", "推送：未知，因为 %s"},
	pushDenied:   message{"Push: %s refuses: %s", "推送：%s 拒绝：%s"},
	pushOK:       message{"Push: %s would take the image; nothing was written", "推送：%s 允许（未写入任何内容）"},

	runOfFork:        message{"This run is of a pull request from the fork %s: its token can only read, and it gets no secrets", "本次运行来自 fork %s 的拉取请求：令牌只读，且没有机密"},
	runOfDependabot:  message{"This run is Dependabot's: its token can only read, and it gets no secrets but Dependabot's own", "本次运行由 Dependabot 触发：令牌只读，且只有 Dependabot 自己的机密"},
	runFine:          message{"The run of %s in %s is neither of a fork nor of Dependabot", "本次运行（%s，%s）不是来自 fork 或 Dependabot"},
	otherOwner:       message{"The image is of %s and the repository of %s: GITHUB_TOKEN makes packages of its own owner only", "镜像属于 %s，代码库属于 %s：GITHUB_TOKEN 只能为自己的所有者创建软件包"},
	noTokenInStep:    message{"No token reaches this step: neither GHCR_TOKEN nor GITHUB_TOKEN is set", "该步骤没有拿到令牌：GHCR_TOKEN 和 GITHUB_TOKEN 都未设置"},
	noTokenInStepFix: message{"give the step: env: GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}", "为该步骤加上：env: GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}"},
	otherVariable:    message{"A token stands in %s, and neither GHCR_TOKEN nor GITHUB_TOKEN is set", "令牌放在 %s 中，而 GHCR_TOKEN 和 GITHUB_TOKEN 都未设置"},
	otherVariableFix: message{"name the variable of the step GHCR_TOKEN instead of %s", "把该步骤的变量 %s 改名为 GHCR_TOKEN"},
	rightsNamed:      message{"%s asks for packages: write", "%s 申请了 packages: write"},
	rightsDefault:    message{"%s names no permissions: those of the repository's settings hold", "%s 没有写 permissions：以代码库设置为准"},
	rightsMissing:    message{"%s has permissions without packages: write, so its token cannot push", "%s 的 permissions 中没有 packages: write，令牌无法推送"},
	rightsMissingFix: message{"add packages: write to the permissions of the job", "在 job 的 permissions 中加上 packages: write"},

	verifyShort: message{"check that images can be pulled and are whole", "验证镜像可以拉取且完整"},
	verifyLong: message{
		"Fetches images as an engine does, with the credentials that the helper gives to\nengines, and checks the digest of the manifest, the config and every layer. Nothing\nis written to disk. With --engine, docker or podman pulls instead, and what it says\nis explained. Exit code 0 when all images are whole, else 1.",
		"像引擎一样获取镜像（使用助手提供给引擎的凭据），并校验清单、配置和每一层的摘要。\n不写入磁盘。使用 --engine 时由 docker 或 podman 拉取，并解释其输出。\n所有镜像都完整时退出码为 0，否则为 1。",
	},
	verifyHead:     message{"check the manifest alone, no layers", "只检查清单，不下载层"},
	verifyPlatform: message{"the `platform` to check, such as linux/arm64", "要检查的平台 `platform`，例如 linux/arm64"},
	verifyAll:      message{"check the images of all platforms", "检查所有平台的镜像"},
	verifyEngine:   message{"let an `engine` pull, podman or docker, and explain what it says", "由引擎 `engine`（podman 或 docker）拉取，并解释其输出"},
	verifyTimeout:  message{"how long nothing may arrive", "允许多长时间没有数据到达"},
	noImage:        message{"name an image", "请给出镜像名"},
	notWithEngine:  message{"--engine pulls one platform whole: leave out --head and --all-platforms", "--engine 会完整拉取一个平台：不要同时使用 --head 和 --all-platforms"},
	badEngine:      message{"the engine must be podman or docker", "引擎必须是 podman 或 docker"},
	noEngine:       message{"%s is not on the PATH", "PATH 中找不到 %s"},
	asAccount:      message{"%s is asked as %s", "以账户 %[2]s 访问 %[1]s"},
	asNobody:       message{"%s is asked without credentials, as the helper has none for it", "不带凭据访问 %s（助手没有可用的凭据）"},
	blobConfig:     message{"Config %s, %s", "配置 %s，%s"},
	blobLayer:      message{"Layer %s, %s", "层 %s，%s"},
	blobForeign:    message{"Layer %s is kept elsewhere, and was not fetched", "层 %s 存放在别处，未下载"},
	manifestOf:     message{"Manifest of %s: %s", "%s 的清单：%s"},
	manifestOnly:   message{"Manifest: %s", "清单：%s"},
	verified:       message{"%s is whole: %s, %s in %s", "%s 完整：%s，%s，用时 %s"},
	layers:         message{"%d layers", "%d 层"},
	oneLayer:       message{"1 layer", "1 层"},
	verifiedHead:   message{"%s can be pulled; its layers were not fetched", "%s 可以拉取；未下载各层"},
	notVerified:    message{"%s is not verified: %s", "%s 未通过验证：%s"},
	enginePulled:   message{"%s has pulled %s", "%s 已拉取 %s"},
	engineFailed:   message{"%s could not pull %s (exit code %d)", "%s 无法拉取 %s（退出码 %d）"},
	stalled:        message{"nothing arrived for %s", "%s 内没有收到任何数据"},

	explainShort: message{"say what a registry's or an engine's error means", "解释镜像库或引擎的错误信息"},
	explainLong: message{
		"Finds the error of a registry or an engine in a text and says what it means and\nwhat mends it. The text is an argument or stands on stdin, whole logs too.\nExit code 0 when an error was found, else 1.",
		"在文本中找出镜像库或引擎的错误，说明原因和解决办法。文本可作为参数给出，\n也可来自标准输入（包括完整日志）。找到错误时退出码为 0，否则为 1。",
	},
	explainNothing: message{"give the text of the error, or pipe the engine's output into explain", "请给出错误文本，或把引擎的输出通过管道传给 explain"},
	explainUnknown: message{"No error that this program knows stands in the text. To look for the cause, run:  %s doctor IMAGE", "文本中没有本程序认识的错误。要查找原因，请运行：  %s doctor IMAGE"},
}
