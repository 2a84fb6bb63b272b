package cli

// sayUsage holds the words about mistakes in a command's words, and about help.
var sayUsage = struct {
	unknownCommand, didYouMean, flagsOnly, repoIsFlag, needRepo, needPlace, clash message
	helpShort                                                                     message
}{
	unknownCommand: message{"unknown command %s", "未知命令 %s"},
	didYouMean:     message{"unknown command %s; did you mean %s?", "未知命令 %s；是否想用 %s？"},
	flagsOnly:      message{"%s takes flags only, not %s", "%s 只接受选项，不接受 %s"},
	repoIsFlag:     message{"give the repository as a flag: --repo %s", "请用选项给出代码库：--repo %s"},
	needRepo:       message{"say which repository: --repo OWNER/NAME", "请指明代码库：--repo OWNER/NAME"},
	needPlace:      message{"say where: --repo OWNER/NAME or --org ORGANIZATION", "请指明位置：--repo OWNER/NAME 或 --org ORGANIZATION"},
	clash:          message{"give one of them: %s", "只能给出其中之一：%s"},

	helpShort: message{"show what a command is for", "显示命令的用途"},
}
