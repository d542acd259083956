"""First names of the world's news, by which a relative is told from the person ("Dariga Nazarbayeva").

Collected for watchbot from the names of heads of state, ministers, legislators and athletes of the regions; a name is
found here in any alphabet by its sound. "+" marks women's names, whose bearers' surnames inflect differently.
"""

from __future__ import annotations

from functools import lru_cache

from watchbot.text.fold import fold

_NAMES = """
Aaron Abbas Abdullah Abdulaziz Abdel Abraham Abror Adam Adrian Adil Adilbek Agnieszka+ Ahmad Ahmed Aida+ Aigul+
Aigerim+ Ainur+ Aisultan Akezhan Akhmed Akorda Alain Alan Albert Alberto Aldo Aleksandar Aleksandr Aleksander
Aleksandra+ Aleksei Aleksey Alena+ Alessandro Alex Alexander Alexandra+ Alexandre Alexei Alexey Alexis Alfonso Alfred
Ali Alice+ Alicja+ Alina+ Aliya+ Almas Almazbek Alois Alona+ Altai Alvaro Amanda+ Amir Ana+ Anastasia+ Anatoly Anders
Andre Andrea Andreas Andrei Andres Andrew Andrey Andrii Andrij Andrius Andrus Andrzej Andy Angel Angela+ Angelina+
Anna+ Anne+ Annegret+ Anthony Anton Antonio Antony Anuar Anvar Ardak Arkady Arman Armen Arnold Arsen Arthur Artur
Artem Askar Aset Asif Asiya+ Askhat Asylzhan Aziz Azamat Aureliu Bagdat Bakhyt Bakhytzhan Balazs Barack Barbara+
Bashar Batyrbek Bauyrzhan Beata+ Beatrix+ Beibut Ben Benjamin Berdibek Berik Bernard Bernd Bernie Bill Bilal Birgit+
Björn Blanka+ Bogdan Bohdan Bojan Bolat Boris Borislav Borut Branko Brett Brian Bronislaw Bruce Bruno Bulat Carl
Carla+ Carlos Carmen+ Carol+ Caroline+ Catherine+ Cecilia+ Charles Charlotte+ Chelsea+ Cheryl+ Chris Christian
Christina+ Christine+ Christoph Christopher Claire+ Claude Claudia+ Claudio Colin Craig Cristian Cristina+ Dagmar+
Dalia+ Damir Dan Dana+ Daniel Daniela+ Danil Daniyar Daren Dariga+ Darius Dariusz Darkhan Daulet Dauren David Davit
Dean Deborah+ Denis Dennis Derek Diana+ Didier Dieter Dimash Dimitar Dimitri Dimitris Dina+ Dinara+ Dirk Dmitri
Dmitriy Dmitry Dmytro Dominic Dominik Dominique Don Donald Donna+ Doris+ Dorota+ Douglas Dragan Dusan Dzhokhar Edgar
Edil Eduard Edward Edvard Egor Ekaterina+ Elena+ Eleanor+ Elizabeth+ Ellen+ Elmar Elnur Elvira+ Emilia+ Emily+ Emil
Emma+ Emmanuel Emomali Enrico Enrique Eric Erik Erlan Ermek Ernest Ernesto Erzhan Esther+ Eugene Eugenia+ Eva+ Ewa+
Fabian Fatima+ Felipe Felix Ferenc Fernando Filip Florian Francesco Francis Francisco François Françoise+ Frank Frans
Franz Fred Frederic Frederik Friedrich Gabor Gabriel Gabriela+ Galina+ Galymzhan Gareth Gary Geir Gennady George Georg
Georges Georgi Georgy Gerald Gerard Gerhard Gergely Giorgi Giorgio Giovanni Giuseppe Gleb Gordon Goran Grace+ Graham
Greg Gregory Grigory Grzegorz Guido Guillaume Gulnara+ Gulbakhram Gunter Gustav Guy Gyorgy Günther Hamid Hamza Hannah+
Hanna+ Hans Harald Harold Harry Hasan Hassan Heather+ Heidi+ Heiko Heinz Helen+ Helena+ Helga+ Helmut Henri Henrik
Henry Herbert Hermann Hillary+ Horst Hosni Howard Hubert Hugo Hunter Husain Hussein Iain Ian Ibrahim Ida+ Igor Ihor
Ikram Ilan Ilham Ilia Ilona+ Ilya Imangali Imran Ina+ Ines+ Inga+ Ingrid+ Inna+ Ion Irakli Irena+ Irina+ Iryna+
Isabel+ Isabella+ Isaac Islam Ismail Istvan Ivan Ivana+ Ivanka+ Ivica Ivo Jack Jacek Jacob Jacqueline+ Jacques Jair
Jakub James Jamie Jamila+ Jan Jana+ Jane+ Janet+ Janez Janis Janos Jared Jaroslav Jaroslaw Jason Javier Jay Jean Jeff
Jeffrey Jelena+ Jennifer+ Jens Jeremy Jerry Jerzy Jesper Jessica+ Jill+ Jiri Joachim Joan+ Joanna+ Joao Jochen Joe
Joel Joerg Johan Johann Johannes John Jonas Jonathan Jordan Jorge Jose Josef Joseph Joshua Josip Jovan Juan Judith+
Julia+ Julian Julie+ Julius Jurgen Justin Justyna+ Kairat Kamala+ Karel Karen Karim Karima+ Karin+ Karina+ Karl
Karlygash+ Karol Karolina+ Kassym Katarina+ Katarzyna+ Kate+ Katerina+ Katherine+ Kathrin+ Katja+ Katya+ Kay Keith
Kelly Kemal Ken Kenes Kenneth Kevin Khalid Kim Kirill Kirsten+ Klaus Konrad Konstantin Kostas Kristina+ Kristjan
Krisztina+ Krzysztof Kuanysh Kurmanbek Kurt Kyle Kylie+ Lana+ Lara+ Lars Laszlo Laura+ Laurence Laurent Lech Lee
Leila+ Lena+ Leo Leonid Leonardo Leonel Leszek Lev Lewis Liam Lidia+ Lilia+ Linda+ Lindsey Lisa+ Liz+ Ljubov+ Lorenzo
Louis Louise+ Luca Lucas Lucia+ Lucy+ Ludmila+ Luis Luisa+ Luka Lukas Lukasz Luke Lyazzat+ Lyudmila+ Maciej Madeleine+
Madina+ Magda+ Magdalena+ Maia+ Maira+ Makhmud Maksat Maksim Malgorzata+ Malik Manfred Manuel Mara+ Marat Marc Marcel
Marcin Marco Marcus Marek Margaret+ Margarita+ Margrethe+ Maria+ Marian Marie+ Marija+ Marin Marina+ Marine+ Mario
Mariusz Mariya+ Mark Marko Markus Marlene+ Marta+ Martha+ Martin Martina+ Mary+ Maryam+ Massimo Mateusz Matteo Matthew
Matthias Matyas Maulen Maurice Mauricio Maxim Maxime Mehmet Meghan+ Melania+ Melanie+ Melinda+ Melissa+ Meirzhan Micha
Michael Michaela+ Michal Michel Michele Michelle+ Miguel Mihai Mikael Mike Mikhail Miklos Milan Milena+ Milica+
Milorad Milos Miriam+ Miroslav Mirziyo Mitch Mohamed Mohammad Mohammed Moritz Monica+ Monika+ Mukhamet Mukhtar Murat
Musa Mustafa Mykola Myroslava+ Nadezhda+ Nadia+ Nancy+ Natalia+ Natalie+ Natasha+ Nathalie+ Nazim+ Neil Nell+ Nicholas
Nick Nicola Nicolas Nicole+ Niels Nigel Nigmatulla Nikita Nikki+ Niko Nikol Nikola Nikolai Nikolaj Nikolay Nils Nina+
Nino+ Noah Nora+ Norbert Nur Nurali Nurlan Nursultan Oksana+ Oleg Oleh Oleksandr Oleksiy Olena+ Olga+ Oliver Olivia+
Olivier Olaf Olzhas Omar Oralbay Orhan Oscar Oskar Otto Pablo Pamela+ Paola+ Paolo Pascal Patricia+ Patrick Patrik
Paul Paula+ Paulina+ Pavel Pavlo Pavol Pawel Pedro Per Peter Petr Petra+ Petro Philip Philipp Philippe Phil Pia+
Pierre Pieter Piotr Plamen Polina+ Prayut Predrag Priti+ Pyotr Rachel+ Radek Radoslaw Radovan Rafael Rafal Raimond
Rakhat Ralf Ralph Ramon Ramzan Raul Rauan Raphael Rashid Rebecca+ Reinhard Renata+ Rene Riad Ricardo Richard Rimma+
Rishat Rita+ Rob Robert Roberta+ Roberto Rodrigo Roger Roland Rolf Roman Romano Ron Ronald Rosa+ Rosen Rosemary+ Roza+
Ruslan Rustam Ruth+ Ryan Ryszard Sabina+ Sabine+ Sadyr Said Sajid Salman Salome+ Salvatore Sam Samat Samantha+ Samuel
Sandor Sandra+ Saule+ Sara+ Sarah+ Sasha Saif Sauat Scott Sean Sebastian Sebastien Selin+ Sergei Sergey Sergio Serhii
Serhiy Serik Serikbay Serzh Shamil Sharon+ Shavkat Shinzo Sholban Silvia+ Silvio Simon Simona+ Simone Slavoj Slavomir
Sofia+ Sonia+ Sophie+ Soren Spencer Stanislav Stanislaw Stanley Stefan Stefania+ Stefano Stella+ Stepan Stephan
Stephanie+ Stephen Steve Steven Stig Stuart Sultan Susan+ Susanne+ Svetlana+ Sven Sviatlana+ Sylvia+ Sylvie+ Tadeusz
Talgat Tamar+ Tamara+ Tanja+ Tarek Taras Tatiana+ Tatyana+ Ted Temirtas Teresa+ Theo Theodor Theresa+ Thierry Thomas
Tiffany+ Tihomir Tim Timothy Timur Tina+ Tobias Todor Tom Tomas Tomasz Tomislav Tony Tore Trevor Tulegen Tymofiy Uhuru
Ulf Umar Umirzak Ursula+ Ulrich Ulrike+ Ute+ Uwe Vaclav Vadim Valentin Valentina+ Valentyna+ Valeri Valeria+ Valeriy
Valery Vanessa+ Vaira+ Vasil Vasile Vasily Vasyl Velimir Vera+ Veronica+ Veronika+ Vesna+ Victor Victoria+ Viktor
Viktoria+ Vincent Viola+ Violeta+ Vitali Vitaly Vitold Vitalii Vjosa+ Vladimir Vladislav Vlad Vojtech Volodymyr
Vojislav Vyacheslav Waldemar Walid Walter Wanda+ Werner Wiktor William Wilhelm Willy Wladimir Wlodzimierz Wojciech
Wolfgang Wolodymyr Yana+ Yann Yannis Yair Yasmin+ Yegor Yehor Yelena+ Yerlan Yermek Yerbol Yerzhan Yevgeny Yevhen
Yoshihide Yulia+ Yuliya+ Yuri Yuriy Yusuf Yves Yvette+ Yvonne+ Zarina+ Zbigniew Zdravko Zhanar+ Zhaksylyk Zhan Zhanna+
Zhenis Zinaida+ Zlatko Zoltan Zoran Zsolt Zuzana+ Zurab
Sibel+ Ayse+ Ayşe+ Fatma+ Emine+ Zeynep+ Elif+ Merve+ Esra+ Hatice+ Tugba+ Hülya+ Gülşen+ Nilgün+ Şebnem+ Burak Emre
Serkan Volkan Tolga Ozan Mesut Selim Cenk Hakan Okan Erkan Kerem Tuncay Ümit Ercan Ayhan Gökhan Nurzhan Sanzhar Yerkin
Aizhan+ Gulmira+ Nazgul+ Togzhan+ Madi Alibek Temirlan Shukhrat Bobur Sherzod Jasur Dilshod Dilnoza+ Feruza+ Nigora+
Zulfiya+ Firuz Parviz Siyavush Manizha+ Nilufar+ Layla+ Amina+ Khadija+ Zaynab+ Samira+ Tariq Khaled Salim Faisal Saad
Majid Hossein Reza Mehdi Javad Zahra+ Narges+ Shirin+ Parisa+ Anahit+ Lusine+ Armine+ Gohar+ Tigran Hayk Vahagn Gevorg
Ketevan+ Nana+
"""


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """All first names in their Latin spelling."""
    return frozenset(name.rstrip("+") for name in _NAMES.split())


@lru_cache(maxsize=1)
def womens_names() -> frozenset[str]:
    """Women's first names, lower case."""
    return frozenset(name[:-1].lower() for name in _NAMES.split() if name.endswith("+"))


_SAME = """
Vladimir Volodymyr Uladzimir Wladimir Włodzimierz
Alexander Aleksandr Oleksandr Aliaksandr Aleksandar Alexandre Alessandro Alejandro Sandor
Nikolai Mykola Mikalai Nikola Nicolas Mikołaj Miklos
Sergey Serhiy Siarhei Sergiu
Andrei Andriy Andrzej Andrew Ondrej Andrej Andreas Andre
Mikhail Mykhailo Michael Michal Michel Miguel Mihail Mihai
Dmitry Dmytro Dzmitry Dimitri
Yuri Yuriy Jerzy Juraj George Georgi Georges Jorge Giorgi
Alexei Oleksiy Aliaksei Aleksy
Pavel Pavlo Paweł Paul Paolo Pablo
Peter Petro Pyotr Piotr Petr Pierre Pedro Pietro
Vasily Vasyl Vasil
Yelena Olena Elena Alena Helena
Yevgeny Yevhen Eugene Evgeni
Oleg Oleh Aleh
Igor Ihor Ihar
Ilya Illia
John Ivan Jan Jean Juan Giovanni Johann
Joseph Jozef Josef Jose Giuseppe Iosif
William Wilhelm Vilim Guillaume
Catherine Katarzyna Kateryna Katerina Ekaterina
Anthony Antonio Antoni Anton
Victor Viktor Wiktor Viktar
Stephen Stefan Stepan Steven Štefan
Elizabeth Elżbieta Alžběta
Ursula Urszula
Theresa Teresa Tereza Thérèse
Charles Karel Karl Karol
Francis Franciszek František Francesco Franjo Frans Franz François
Mary Maria Marija Marie
Mohammed Muhammad Mohamed Mahomet
Benjamin Binyamin Beniamin
"""


@lru_cache(maxsize=1)
def _same() -> dict[str, tuple[str, ...]]:
    groups = [line.split() for line in _SAME.strip().splitlines()]
    return {fold(name): tuple(n for n in group if n != name) for group in groups for name in group}


def same_names(name: str) -> tuple[str, ...]:
    """The same first name as other nations write it, without `name` itself."""
    return _same().get(fold(name), ())
